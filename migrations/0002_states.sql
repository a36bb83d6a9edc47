ALTER TABLE `task_totals` ADD `processing` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `task_totals` ADD `succeeded` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `task_totals` ADD `failed` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `tasks` ADD `state` integer GENERATED ALWAYS AS (case stage when 'succeeded' then 1 when 'failed' then -1 when 'cancelled' then -1 else 4 end) VIRTUAL NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_by_state` ON `tasks` (`state`,`created_at`,`id`);