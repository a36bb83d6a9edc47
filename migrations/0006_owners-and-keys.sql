CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`sha256` text NOT NULL,
	`owner` text NOT NULL,
	`scopes` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_sha256_unique` ON `api_keys` (`sha256`);--> statement-breakpoint
CREATE TABLE `owner_totals` (
	`owner` text PRIMARY KEY NOT NULL,
	`tasks` integer DEFAULT 0 NOT NULL,
	`processing` integer DEFAULT 0 NOT NULL,
	`succeeded` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX `tasks_by_creation`;--> statement-breakpoint
ALTER TABLE `tasks` ADD `owner` text DEFAULT 'default' NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_by_owner` ON `tasks` (`owner`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_owner_and_state` ON `tasks` (`owner`,`state`,`created_at`,`id`);--> statement-breakpoint
DROP INDEX `media_current_name`;--> statement-breakpoint
ALTER TABLE `media` ADD `owner` text DEFAULT 'default' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `media_current_name` ON `media` (`owner`,`collection`,`name`) WHERE "media"."superseded_at" is null;