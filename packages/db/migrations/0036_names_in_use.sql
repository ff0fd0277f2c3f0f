-- Before an original is put away: whether another one of its name is on its way as well.
create index transfers_claimed on transfers (workspace_id, ftp_client_id, file_name) where claimed_path is not null and archived_path is null;
