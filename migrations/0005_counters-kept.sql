CREATE TRIGGER `tasks_counted_first` AFTER INSERT ON `tasks` BEGIN
  INSERT INTO `counters` (`name`, `value`)
  SELECT entry.`key`, entry.`value` FROM json_each(NEW.`counts`) AS entry WHERE entry.`value` > 0
  ON CONFLICT (`name`) DO UPDATE SET `value` = `counters`.`value` + excluded.`value`;
END;
--> statement-breakpoint
CREATE TRIGGER `tasks_counted_more` AFTER UPDATE OF `counts` ON `tasks` WHEN NEW.`counts` <> OLD.`counts` BEGIN
  INSERT INTO `counters` (`name`, `value`)
  SELECT more.`name`, more.`value` FROM (
    SELECT entry.`key` AS `name`,
      entry.`value` - COALESCE((SELECT past.`value` FROM json_each(OLD.`counts`) AS past WHERE past.`key` = entry.`key`), 0) AS `value`
    FROM json_each(NEW.`counts`) AS entry
  ) AS more WHERE more.`value` > 0
  ON CONFLICT (`name`) DO UPDATE SET `value` = `counters`.`value` + excluded.`value`;
END;
