import type { Log } from '../context.ts'
import { asFault, Fault } from '../faults.ts'
import { lentRemote } from './lent-remote.ts'
import { type LogIns, logInsOnce } from './log-ins.ts'
import type { Endpoint, OpenedRemote, Remote } from './remote.ts'
import { noRoom, type Slots } from './slots.ts'

/**
 * The sessions of one worker. A session that is given back stays open, and its slot taken, for the next use by the same
 * client with the same credentials, until it was idle for long or somebody else waits for the slot.
 */
export type Sessions = AsyncDisposable & {
  /**
   * A session for one use; disposing it gives it back. One that was open already was idle for `idleMs`: meanwhile the server
   * may have left without saying so. Faults: those of opening; `remote.no_slot` where none came free in time.
   */
  borrow(wish: Wish): Promise<Borrowed>
  /** Room for a session that the caller opens itself, although the endpoint may have been in trouble until now. */
  reserve(wish: Pick<Wish, 'endpoint' | 'most' | 'signal'>): Promise<AsyncDisposable & { answered(): Promise<void> }>
}

export type Borrowed = { remote: Remote; idleMs?: number }

export type Wish = {
  /** Who shares the slots: a digest of host, port and user. */
  endpoint: string
  /** Who may use the session again: client and version of its credentials. */
  owner: string
  most: number
  /** It has little on its way at any moment, and may do so over a session that others like it use at the same time. */
  shares?: boolean
  /** How to get in; asked only when a session has to be opened. */
  enter(): Promise<Endpoint>
  /** Aborted, it ends the wait, or the session while it is lent. */
  signal: AbortSignal
}

export type SessionsOptions = {
  slots: Slots
  openRemote(endpoint: Endpoint, signal: AbortSignal): Promise<OpenedRemote>
  log: Log
  /** How long a session is kept while nobody uses it. */
  idleMs: number
  /** How long a wish waits for a slot. */
  waitMs: number
  /** Idle sessions kept at most: each costs memory. Beyond that they are closed after use. */
  idleLimit: number
  /** Between looks whether others want slots, and signs of life. */
  beatMs: number
}

type Session = { owner: string; endpoint: string; slot: number; remote: Remote; lost: boolean; idleSince: number; users: Set<RoomWish> }
/** What of one endpoint is here. */
type Door = {
  idle: Session[]
  lent: Set<Session>
  waiting: { wish: RoomWish; settle(session?: Session): void }[]
  logIns: LogIns
  /** Slots that this worker holds. */
  slots: number
  /** Those that look for room. */
  wishes: Set<RoomWish>
  /** Until when PostgreSQL is not asked for one more, having had none. */
  fullUntil: number
}

type RoomWish = Omit<Wish, 'enter' | 'owner'> & { owner?: string; atOnce?: true }

/** Between tries to get a slot that another worker holds. */
const againMs = 100

export function openSessions(options: SessionsOptions): Sessions {
  const { slots, log } = options
  const doors = new Map<string, Door>()
  const ending = new AbortController()
  const closing = new Set<Promise<void>>()
  let wantedElsewhere: ReadonlySet<string> = new Set()
  let idleCount = 0

  const doorOf = (endpoint: string): Door => {
    const door = doors.get(endpoint) ?? {
      idle: [],
      lent: new Set(),
      waiting: [],
      logIns: logInsOnce(),
      slots: 0,
      wishes: new Set(),
      fullUntil: 0,
    }
    doors.set(endpoint, door)
    return door
  }
  const takeIdle = (door: Door, fits: (session: Session) => boolean): Session | undefined => {
    const at = door.idle.findLastIndex(fits)
    if (at < 0) return undefined
    idleCount--
    return door.idle.splice(at, 1)[0]
  }
  const release = async ({ endpoint, slot }: { endpoint: string; slot: number }) => {
    try {
      await slots.giveBack({ endpoint, slot })
    } catch (error) {
      log.debug({ err: error }, 'a slot was not given back; it is when this worker is gone')
    }
    const door = doorOf(endpoint)
    door.slots--
    // It was given up for others, who ask now and then only.
    if (wantedElsewhere.has(endpoint)) door.fullUntil = performance.now() + 2 * againMs
  }
  const close = (session: Session): Promise<void> => {
    const closed = session.remote[Symbol.asyncDispose]().then(() => release(session))
    closing.add(closed)
    return closed.finally(() => closing.delete(closed))
  }

  /** Whoever uses it finds out. */
  const cut = (session: Session) => {
    session.lost = true
    void session.remote[Symbol.asyncDispose]()
  }

  const leaves = (session: Session) => session.lost || ending.signal.aborted || wantedElsewhere.has(session.endpoint)

  /** Whether somebody may use a session beside those who do, without keeping anybody else waiting for it. */
  const mayJoin = (door: Door, session: Session, wish: RoomWish): boolean => {
    const fits = (one: RoomWish) => one.shares === true && one.owner === session.owner
    const { users, remote } = session
    return !leaves(session) && users.size < remote.usesAtOnce && [...users, ...door.wishes, wish].every(fits)
  }

  /** A session of ours is the wish's from now on; somebody else's is to be closed. */
  const take = (session: Session, wish: RoomWish): Session => {
    if (session.owner === wish.owner) session.users.add(wish)
    return session
  }

  /** A slot, or the session of ours that holds one: our own, or somebody else's to be closed. */
  async function room(wish: RoomWish): Promise<Session | { slot: number; troubled: boolean }> {
    const door = doorOf(wish.endpoint)
    door.wishes.add(wish)
    try {
      return await roomAt(door, wish)
    } finally {
      door.wishes.delete(wish)
    }
  }

  async function roomAt(door: Door, wish: RoomWish): Promise<Session | { slot: number; troubled: boolean }> {
    const from = performance.now()
    for (;;) {
      wish.signal.throwIfAborted()
      const own = takeIdle(door, ({ owner }) => owner === wish.owner)
      if (own !== undefined) return take(own, wish)
      // While all the room that may be is ours, or was just found taken, the next one comes from here.
      const asks = door.slots < wish.most && performance.now() >= door.fullUntil
      const taken = asks ? await takeSlot(door, wish) : undefined
      if (taken !== undefined) return taken
      const shared = leastUsed([...door.lent].filter((session) => mayJoin(door, session, wish)))
      if (shared !== undefined) return take(shared, wish)
      const other = takeIdle(door, () => true)
      if (other !== undefined) return take(other, wish)
      if (performance.now() - from > options.waitMs) throw noRoom()
      const handed = await handedOver(door, wish)
      if (handed !== undefined) return handed
    }
  }

  /** One slot more. Where there is none, other workers hear of it. */
  async function takeSlot(door: Door, wish: RoomWish) {
    const taken = await slots.take(wish)
    if (taken !== undefined) door.slots++
    else {
      door.fullUntil = performance.now() + againMs * (0.5 + Math.random())
      await slots.want(wish.endpoint)
    }
    return taken
  }

  /** What is given back here meanwhile, in the order of waiting. */
  function handedOver(door: Door, wish: RoomWish): Promise<Session | undefined> {
    return new Promise((resolve) => {
      const settle = (session?: Session) => {
        clearTimeout(timer)
        wish.signal.removeEventListener('abort', giveUp)
        door.waiting = door.waiting.filter((one) => one !== waiting)
        resolve(session && take(session, wish))
      }
      const giveUp = () => settle()
      const waiting = { wish, settle }
      const timer = setTimeout(giveUp, againMs * (0.5 + Math.random()))
      wish.signal.addEventListener('abort', giveUp)
      door.waiting.push(waiting)
    })
  }

  /** Lets those in who waited and may use it beside those who do. */
  function letJoin(door: Door, session: Session): void {
    for (const { wish, settle } of [...door.waiting]) if (mayJoin(door, session, wish)) settle(session)
  }

  async function borrow(wish: Wish): Promise<Borrowed> {
    const door = doorOf(wish.endpoint)
    const found = await room(wish)
    if ('remote' in found && found.owner === wish.owner)
      return { remote: lend(found, wish), idleMs: found.users.size > 1 ? 0 : performance.now() - found.idleSince }
    if ('remote' in found) await found.remote[Symbol.asyncDispose]()
    const slot = { endpoint: wish.endpoint, slot: found.slot }
    try {
      const remote = await door.logIns.enter(wish.owner, () => enter(wish, slot, 'troubled' in found && found.troubled))
      const session: Session = { ...slot, owner: wish.owner, remote, lost: false, idleSince: 0, users: new Set([wish]) }
      return { remote: lend(session, wish) }
    } catch (error) {
      await release(slot)
      throw error
    }
  }

  async function enter(wish: Wish, slot: { endpoint: string; slot: number }, troubled: boolean): Promise<Remote> {
    const endpoint = await wish.enter()
    // The session may outlive whoever opened it.
    const opening = new AbortController()
    const giveUp = () => opening.abort()
    const givenUp = [ending.signal, wish.signal]
    for (const signal of givenUp) signal.addEventListener('abort', giveUp)
    try {
      const { remote } = await options.openRemote(endpoint, opening.signal)
      if (troubled) await slots.answered(wish.endpoint)
      return remote
    } catch (error) {
      const fault = asFault(error)
      if (fault === undefined || opening.signal.aborted) throw error
      throw await slots.failed(slot, fault)
    } finally {
      for (const signal of givenUp) signal.removeEventListener('abort', giveUp)
    }
  }

  function lend(session: Session, wish: RoomWish): Remote {
    const door = doorOf(session.endpoint)
    door.lent.add(session)
    const end = () => {
      session.lost = true
      // Others end what they have begun.
      if ([...session.users].every(({ signal }) => signal.aborted)) cut(session)
    }
    wish.signal.addEventListener('abort', end)
    letJoin(door, session)
    return lentRemote(session.remote, {
      onLost: () => {
        session.lost = true
      },
      giveBack: async () => {
        wish.signal.removeEventListener('abort', end)
        session.users.delete(wish)
        await takeBack(door, session)
      },
    })
  }

  async function takeBack(door: Door, session: Session): Promise<void> {
    if (session.users.size > 0) return letJoin(door, session)
    session.idleSince = performance.now()
    door.lent.delete(session)
    const next = leaves(session) ? undefined : door.waiting.shift()
    if (next !== undefined) return next.settle(session)
    if (leaves(session) || idleCount >= options.idleLimit) return close(session)
    door.idle.push(session)
    idleCount++
  }

  /** Closes what was idle for long or is waited for elsewhere, and says that this worker lives. */
  async function tend(): Promise<void> {
    const { wanted, held } = await slots.beat()
    wantedElsewhere = new Set(wanted)
    const kept = held && new Set(held.map(({ endpoint, slot }) => `${slot} ${endpoint}`))
    const before = performance.now() - options.idleMs
    for (const [endpoint, door] of doors) {
      const lost = (session: Session) => kept !== undefined && !kept.has(`${session.slot} ${endpoint}`)
      const goes = (session: Session) => lost(session) || session.idleSince < before || wantedElsewhere.has(endpoint)
      for (let gone = takeIdle(door, goes); gone !== undefined; gone = takeIdle(door, goes)) void close(gone)
      for (const session of door.lent) if (lost(session)) cut(session)
      if (isEmpty(door)) doors.delete(endpoint)
    }
  }

  let failing = false
  let tended = Promise.resolve()
  let resting = true
  const tending = setInterval(() => {
    if (!resting) return
    resting = false
    tended = tend()
      .then(
        () => {
          failing = false
        },
        (error: unknown) => {
          if (!failing) log.warn({ err: error }, 'sessions: the database does not answer; trying again')
          failing = true
        },
      )
      .finally(() => {
        resting = true
      })
  }, options.beatMs)

  return {
    borrow,
    reserve: async (wish) => {
      const found = await room({ ...wish, atOnce: true })
      if ('remote' in found) await found.remote[Symbol.asyncDispose]()
      return {
        answered: async () => {
          doorOf(wish.endpoint).logIns.forget()
          await slots.answered(wish.endpoint)
        },
        [Symbol.asyncDispose]: () => release({ endpoint: wish.endpoint, slot: found.slot }),
      }
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(tending)
      ending.abort(new Fault('fenced', 'worker.stopped', 'The worker is shutting down.'))
      for (const door of doors.values()) {
        for (const session of door.idle.splice(0)) void close(session)
        for (const session of door.lent) cut(session)
      }
      await Promise.all([tended, ...closing])
      await slots[Symbol.asyncDispose]()
    },
  }
}

function isEmpty({ slots, wishes, logIns }: Door): boolean {
  return slots + wishes.size + logIns.size() === 0
}

function leastUsed(sessions: Session[]): Session | undefined {
  return sessions.reduce<Session | undefined>((least, one) => (least && least.users.size <= one.users.size ? least : one), undefined)
}
