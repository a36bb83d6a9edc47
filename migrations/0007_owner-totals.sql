DROP TRIGGER `tasks_total_up`;
--> statement-breakpoint
DROP TRIGGER `tasks_total_down`;
--> statement-breakpoint
DROP TRIGGER `tasks_total_move`;
--> statement-breakpoint
DROP TABLE `task_totals`;
--> statement-breakpoint
INSERT INTO `owner_totals` (`owner`, `tasks`, `processing`, `succeeded`, `failed`, `bytes`) VALUES (
  'default',
  (SELECT COUNT(*) FROM `tasks`),
  (SELECT COUNT(*) FROM `tasks` WHERE `state` = 4),
  (SELECT COUNT(*) FROM `tasks` WHERE `state` = 1),
  (SELECT COUNT(*) FROM `tasks` WHERE `state` = -1),
  (SELECT COALESCE(SUM(`size`), 0) FROM `media`)
);
--> statement-breakpoint
CREATE TRIGGER `tasks_total_up` AFTER INSERT ON `tasks` BEGIN
  INSERT INTO `owner_totals` (`owner`, `tasks`, `processing`, `succeeded`, `failed`)
  VALUES (NEW.`owner`, 1, NEW.`state` = 4, NEW.`state` = 1, NEW.`state` = -1)
  ON CONFLICT (`owner`) DO UPDATE SET
    `tasks` = `tasks` + 1,
    `processing` = `processing` + excluded.`processing`,
    `succeeded` = `succeeded` + excluded.`succeeded`,
    `failed` = `failed` + excluded.`failed`;
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_total_down` AFTER DELETE ON `tasks` BEGIN
  UPDATE `owner_totals` SET
    `tasks` = `tasks` - 1,
    `processing` = `processing` - (OLD.`state` = 4),
    `succeeded` = `succeeded` - (OLD.`state` = 1),
    `failed` = `failed` - (OLD.`state` = -1)
  WHERE `owner` = OLD.`owner`;
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_total_move` AFTER UPDATE ON `tasks` WHEN NEW.`state` <> OLD.`state` BEGIN
  UPDATE `owner_totals` SET
    `processing` = `processing` + (NEW.`state` = 4) - (OLD.`state` = 4),
    `succeeded` = `succeeded` + (NEW.`state` = 1) - (OLD.`state` = 1),
    `failed` = `failed` + (NEW.`state` = -1) - (OLD.`state` = -1)
  WHERE `owner` = OLD.`owner`;
END;
--> statement-breakpoint
CREATE TRIGGER `media_total_up` AFTER INSERT ON `media` BEGIN
  INSERT INTO `owner_totals` (`owner`, `bytes`) VALUES (NEW.`owner`, NEW.`size`)
  ON CONFLICT (`owner`) DO UPDATE SET `bytes` = `bytes` + excluded.`bytes`;
END;
--> statement-breakpoint
CREATE TRIGGER `media_total_down` AFTER DELETE ON `media` BEGIN
  UPDATE `owner_totals` SET `bytes` = `bytes` - OLD.`size` WHERE `owner` = OLD.`owner`;
END;
