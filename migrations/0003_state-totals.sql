DROP TRIGGER `tasks_total_up`;
--> statement-breakpoint
DROP TRIGGER `tasks_total_down`;
--> statement-breakpoint
UPDATE `task_totals` SET
  `total` = (SELECT COUNT(*) FROM `tasks`),
  `processing` = (SELECT COUNT(*) FROM `tasks` WHERE `state` = 4),
  `succeeded` = (SELECT COUNT(*) FROM `tasks` WHERE `state` = 1),
  `failed` = (SELECT COUNT(*) FROM `tasks` WHERE `state` = -1)
WHERE `id` = 1;
--> statement-breakpoint
CREATE TRIGGER `tasks_total_up` AFTER INSERT ON `tasks` BEGIN
  UPDATE `task_totals` SET
    `total` = `total` + 1,
    `processing` = `processing` + (NEW.`state` = 4),
    `succeeded` = `succeeded` + (NEW.`state` = 1),
    `failed` = `failed` + (NEW.`state` = -1)
  WHERE `id` = 1;
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_total_down` AFTER DELETE ON `tasks` BEGIN
  UPDATE `task_totals` SET
    `total` = `total` - 1,
    `processing` = `processing` - (OLD.`state` = 4),
    `succeeded` = `succeeded` - (OLD.`state` = 1),
    `failed` = `failed` - (OLD.`state` = -1)
  WHERE `id` = 1;
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_total_move` AFTER UPDATE ON `tasks` WHEN NEW.`state` <> OLD.`state` BEGIN
  UPDATE `task_totals` SET
    `processing` = `processing` + (NEW.`state` = 4) - (OLD.`state` = 4),
    `succeeded` = `succeeded` + (NEW.`state` = 1) - (OLD.`state` = 1),
    `failed` = `failed` + (NEW.`state` = -1) - (OLD.`state` = -1)
  WHERE `id` = 1;
END;
