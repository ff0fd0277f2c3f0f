-- What the planner knows of rates is learnt with each book, in its own transaction: a book that is new to it would be read by
-- plans for another one until autovacuum comes by.
create function analyze_ratebooks() returns void language sql security definer set search_path = public, pg_temp as $$
  analyze ratebook_rates;
  analyze ratebook_vehicles;
$$;
revoke all on function analyze_ratebooks() from public;
grant execute on function analyze_ratebooks() to drayage_worker;
