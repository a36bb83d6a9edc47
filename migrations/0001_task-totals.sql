INSERT INTO `task_totals` (`id`, `total`) VALUES (1, (SELECT COUNT(*) FROM `tasks`));
--> statement-breakpoint
CREATE TRIGGER `tasks_total_up` AFTER INSERT ON `tasks` BEGIN
  UPDATE `task_totals` SET `total` = `total` + 1 WHERE `id` = 1;
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_total_down` AFTER DELETE ON `tasks` BEGIN
  UPDATE `task_totals` SET `total` = `total` - 1 WHERE `id` = 1;
END;
