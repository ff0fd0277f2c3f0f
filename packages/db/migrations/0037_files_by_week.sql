-- Files whose week is over are forgotten some at a time.
create index files_by_week on files (stored_week);
