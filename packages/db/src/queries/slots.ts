import type { Transaction } from '../connect.ts'

/** Room for one session with an endpoint: see the tables of the migration. Strict over any number of workers. */
export type Slot = { endpoint: string; slot: number }

/** What became of a wish for a slot. None of `slot` and `rest`: all are taken. */
export type Taken = {
  slot?: number
  /** The endpoint does not answer: nobody tries for so long. What the last one met. */
  rest?: { seconds: number; fault: RestFault }
  /** Whoever gets in has to say that the endpoint is well. */
  troubled: boolean
}
export type RestFault = { kind: string; code: string; message: string }

/** Says that a worker lives. @returns whether its time had run out before: then others may have taken its slots */
export async function beat({ client }: Transaction, worker: { name: string; leaseMs: number }): Promise<{ lapsed: boolean }> {
  const { rows } = await client.query<{ lapsed: boolean }>({
    name: 'beat',
    text: `
      with before as (select exists (select from living_workers where name = $1) as alive)
      insert into workers (name, alive_until, lease) values ($1, clock_timestamp() + $2 * interval '1 ms', $2 * interval '1 ms')
      on conflict (name) do update set alive_until = excluded.alive_until, lease = excluded.lease
      returning not (select alive from before) as lapsed`,
    values: [worker.name, worker.leaseMs],
  })
  return { lapsed: rows[0]?.lapsed ?? false }
}

/** The worker is gone: what it held is free. */
export async function leave({ client }: Transaction, worker: string): Promise<void> {
  await client.query('delete from endpoint_slots where worker = $1', [worker])
  await client.query('delete from workers where name = $1', [worker])
}

/**
 * Takes a slot of an endpoint unless `most` are taken, or as many as the server was last seen to have room for. An
 * endpoint that did not answer `troubles` times in a row rests, and then lets one in at a time.
 */
export async function takeSlot(
  { client }: Transaction,
  wish: { endpoint: string; worker: string; most: number; troubles: number },
): Promise<Taken> {
  const { rows } = await client.query<{ slot: number | null; rests: number | null; fault: RestFault | null; troubled: boolean }>({
    name: 'take-slot',
    text: `
      with trouble as (
        select t.*, greatest(0, extract(epoch from rests_until - clock_timestamp()))::float8 as rests from endpoint_troubles t where endpoint = $1
      ), room as (
        select least($3::int, (select most_sessions from trouble where most_until > clock_timestamp()),
                              (select 1 from trouble where failures >= $4)) as most
      ), held as (
        select s.slot from endpoint_slots s join living_workers w on w.name = s.worker where s.endpoint = $1
      ), taken as (
        insert into endpoint_slots (endpoint, slot, worker)
        select $1, n, $2 from room, generate_series(1, room.most) n
        where n not in (select slot from held) and (select count(*) from held) < room.most
          and not exists (select from trouble where rests > 0 and failures >= $4)
        order by n limit 1
        on conflict (endpoint, slot) do update set worker = excluded.worker, wanted = false
          where not exists (select from living_workers w where w.name = endpoint_slots.worker)
        returning slot
      )
      select (select slot from taken) as slot, t.rests, t.fault, t.endpoint is not null as troubled
      from (select) as one left join trouble t on true`,
    values: [wish.endpoint, wish.worker, wish.most, wish.troubles],
  })
  const [row] = rows
  const rest = row?.rests && row.fault ? { seconds: row.rests, fault: row.fault } : undefined
  return { slot: row?.slot ?? undefined, rest, troubled: row?.troubled ?? false }
}

export async function giveSlotBack({ client }: Transaction, slot: Slot & { worker: string }): Promise<void> {
  await client.query({
    name: 'give-slot-back',
    text: 'delete from endpoint_slots where endpoint = $1 and slot = $2 and worker = $3',
    values: [slot.endpoint, slot.slot, slot.worker],
  })
}

/** Asks other workers that hold an idle session with the endpoint to give its slot back. */
export async function wantSlot({ client }: Transaction, wish: { endpoint: string; worker: string }): Promise<void> {
  await client.query('update endpoint_slots set wanted = true where endpoint = $1 and worker <> $2 and not wanted', [
    wish.endpoint,
    wish.worker,
  ])
}

/** Endpoints whose slots, held by this worker, somebody waits for. */
export async function findWanted({ client }: Transaction, worker: string): Promise<string[]> {
  const { rows } = await client.query<{ endpoint: string }>({
    name: 'find-wanted-slots',
    text: 'select distinct endpoint from endpoint_slots where worker = $1 and wanted',
    values: [worker],
  })
  return rows.map((row) => row.endpoint)
}

export async function listSlots({ client }: Transaction, worker: string): Promise<Slot[]> {
  const { rows } = await client.query<Slot>('select endpoint, slot from endpoint_slots where worker = $1', [worker])
  return rows
}

/** It answers again. */
export async function endpointAnswered({ client }: Transaction, endpoint: string): Promise<void> {
  await client.query('update endpoint_troubles set failures = 0, rests_until = null, fault = null where endpoint = $1', [endpoint])
}

/** Nobody got in. @returns how often in a row */
export async function endpointFailed({ client }: Transaction, failed: { endpoint: string; fault: RestFault }): Promise<number> {
  const { rows } = await client.query<{ failures: number }>(
    `insert into endpoint_troubles as t (endpoint, failures, fault) values ($1, 1, $2)
     on conflict (endpoint) do update set failures = t.failures + 1, fault = excluded.fault, updated_at = clock_timestamp()
     returning failures`,
    [failed.endpoint, JSON.stringify(failed.fault)],
  )
  return rows[0]?.failures ?? 1
}

export async function restEndpoint({ client }: Transaction, rest: { endpoint: string; seconds: number }): Promise<void> {
  await client.query('update endpoint_troubles set rests_until = clock_timestamp() + make_interval(secs => $2) where endpoint = $1', [
    rest.endpoint,
    rest.seconds,
  ])
}

/**
 * The server had no room for one more session: for a while no more than were open are opened.
 *
 * @returns how many others of ours were open
 */
export async function endpointIsFull({ client }: Transaction, full: Slot & { seconds: number }): Promise<number> {
  const { rows } = await client.query<{ others: number }>(
    `with others as (
       select count(*)::int as n from endpoint_slots s join living_workers w on w.name = s.worker where s.endpoint = $1 and s.slot <> $2
     ), noted as (
       insert into endpoint_troubles as t (endpoint, most_sessions, most_until)
       select $1, greatest(1, n), clock_timestamp() + make_interval(secs => $3) from others
       on conflict (endpoint) do update
         set most_sessions = excluded.most_sessions, most_until = excluded.most_until, updated_at = clock_timestamp()
     )
     select n as others from others`,
    [full.endpoint, full.slot, full.seconds],
  )
  return rows[0]?.others ?? 0
}

/** Takes away what workers that died and endpoints that are well again left. */
export async function forgetOldSlots({ client }: Transaction): Promise<void> {
  await client.query(`delete from workers where alive_until < clock_timestamp() - interval '1 day'`)
  await client.query('delete from endpoint_slots where worker not in (select name from living_workers)')
  await client.query(
    `delete from endpoint_troubles where (failures = 0 and coalesce(most_until, updated_at) < clock_timestamp()) or updated_at < clock_timestamp() - interval '7 days'`,
  )
}
