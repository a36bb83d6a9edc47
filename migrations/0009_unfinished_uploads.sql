CREATE TABLE `unfinished_uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`key` text NOT NULL,
	`size` integer NOT NULL,
	`ends_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `unfinished_uploads_by_owner` ON `unfinished_uploads` (`owner`,`ends_at`);