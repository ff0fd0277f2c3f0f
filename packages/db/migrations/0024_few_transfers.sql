-- A file's life asks of other files of its client, of which there may have been millions: whether one of them fails.
create index transfers_failing on transfers (workspace_id, ftp_client_id) where ended_at is null and failures > 0;
