CREATE TABLE `media` (
	`id` text PRIMARY KEY NOT NULL,
	`collection` text NOT NULL,
	`name` text NOT NULL,
	`key` text NOT NULL,
	`size` integer NOT NULL,
	`sha256` text NOT NULL,
	`probe` text NOT NULL,
	`created_at` integer NOT NULL,
	`superseded_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `media_current_name` ON `media` (`collection`,`name`) WHERE "media"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX `media_superseded` ON `media` (`superseded_at`) WHERE "media"."superseded_at" is not null;--> statement-breakpoint
CREATE TABLE `task_totals` (
	`id` integer PRIMARY KEY NOT NULL,
	`total` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`stage` text NOT NULL,
	`progress` integer NOT NULL,
	`summary` text NOT NULL,
	`created_at` integer NOT NULL,
	`revision` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tasks_by_creation` ON `tasks` (`created_at`,`id`);