-- Which request a letter is about: it stands in the letter, as it does in the log and in the trail.
alter table outbox add column request_id text;
