CREATE TABLE `provider_usage` (
	`owner` text NOT NULL,
	`day` text NOT NULL,
	`characters` integer DEFAULT 0 NOT NULL,
	`tokens` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner`, `day`)
);
