-- How often a letter was put off because the mails of an hour were used up, which is no attempt that failed.
alter table outbox add column waits integer not null default 0;
