CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`value` real NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sweeps` (
	`name` text PRIMARY KEY NOT NULL,
	`position` text,
	`ran_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `tasks` ADD `ended_at` text GENERATED ALWAYS AS (case when stage in ('succeeded', 'failed', 'cancelled') then json_extract(summary, '$.updated_at') end) VIRTUAL;--> statement-breakpoint
ALTER TABLE `tasks` ADD `counts` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_ended` ON `tasks` (`ended_at`,`id`) WHERE "tasks"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX `tasks_waiting` ON `tasks` (`created_at`) WHERE "tasks"."stage" = 'queued';