import type { CheckStep } from '@drayage/db/schema/connection-tests'
import type { Context } from '../context.ts'
import { asFault, type Fault } from '../faults.ts'
import type { Endpoint, ObservedCertificate, ObservedHostKey, OpenedRemote, Remote } from '../remotes/remote.ts'
import { remoteFault } from '../remotes/remote-faults.ts'
import { hintFor } from './connection-hints.ts'
import { protocolFacts } from './protocols.ts'

/** One of the three results that a person sees. */
export type Check = { status: 'passed' | 'failed' | 'skipped'; steps: CheckStep[] }
export type Observed = { hostKey?: ObservedHostKey; certificate?: ObservedCertificate }

export type Step = { name: string; run(remote: Remote): Promise<unknown> }

/** What may take a while in all. Beyond it the work faults with `remote.timed_out`, and ends when its session does. */
export type Deadline = Disposable & { meet<T>(work: Promise<T>): Promise<T> }

export function deadline(ms: number): Deadline {
  const late = Promise.withResolvers<never>()
  late.promise.catch(() => {})
  const timer = setTimeout(() => late.reject(remoteFault('remote.timed_out')), ms)
  return { meet: (work) => Promise.race([work, late.promise]), [Symbol.dispose]: () => clearTimeout(timer) }
}

/** Runs the steps one after the other; after a failure the rest is skipped. Bugs are thrown. */
export async function runSteps(
  steps: readonly Step[],
  remote: Remote,
  { subject, time }: { subject: { username: string }; time: Deadline },
): Promise<Check> {
  const done: CheckStep[] = []
  let failed = false
  for (const { name, run } of steps) {
    const fault: Fault | undefined = failed ? undefined : await faultOf(() => time.meet(run(remote)))
    if (failed) done.push({ name, status: 'skipped' })
    else if (fault === undefined) done.push({ name, status: 'passed' })
    else done.push(failedStep(name, fault, subject))
    failed ||= fault !== undefined
  }
  return { status: failed ? 'failed' : 'passed', steps: done }
}

export function skipSteps(steps: readonly Step[]): Check {
  return { status: 'skipped', steps: steps.map(({ name }) => ({ name, status: 'skipped' })) }
}

/**
 * Reach the server, look at what it shows of itself, log in.
 *
 * Where no host key is trusted yet, the one that is seen is trusted for this session only, so that the test can go on and
 * a person can accept the key afterwards. Where one is trusted, another one ends it before any secret is sent.
 */
export async function checkConnection(
  openRemote: Context['openRemote'],
  endpoint: Endpoint,
): Promise<{ check: Check; observed: Observed; opened?: OpenedRemote }> {
  const { trustStep } = protocolFacts[endpoint.protocol]
  const names = ['resolve', 'allow', 'connect', ...(trustStep === undefined ? [] : [trustStep]), 'login']
  const passed = (name: string): CheckStep => ({ name, status: 'passed' })
  const { opened, observed, fault } = await openTrustingFirst(openRemote, endpoint)
  if (fault === undefined) return { check: { status: 'passed', steps: names.map(passed) }, observed, opened }

  const at = names.indexOf(stepOf(fault, { trustStep, seen: observed.hostKey !== undefined }))
  const steps = names.map((name, index): CheckStep => {
    if (index === at) return failedStep(name, fault, endpoint)
    return index < at ? passed(name) : { name, status: 'skipped' }
  })
  return { check: { status: 'failed', steps }, observed }
}

async function openTrustingFirst(
  openRemote: Context['openRemote'],
  endpoint: Endpoint,
): Promise<{ opened?: OpenedRemote; observed: Observed; fault?: Fault }> {
  const first = await tryToOpen(openRemote, endpoint)
  const { hostKey } = first.observed
  if (first.fault?.code !== 'remote.host_key_unknown' || hostKey === undefined || endpoint.trustedHostKeys.length > 0) return first
  const second = await tryToOpen(openRemote, { ...endpoint, trustedHostKeys: [hostKey.fingerprint] })
  return { ...second, observed: { ...second.observed, hostKey: { ...hostKey, trusted: false } } }
}

async function tryToOpen(
  openRemote: Context['openRemote'],
  endpoint: Endpoint,
): Promise<{ opened?: OpenedRemote; observed: Observed; fault?: Fault }> {
  try {
    const opened = await openRemote(endpoint)
    return { opened, observed: { hostKey: opened.hostKey, certificate: opened.certificate } }
  } catch (error) {
    const fault = asFault(error)
    if (fault === undefined) throw error
    const { observedHostKey, observedCertificate } = fault.details as {
      observedHostKey?: ObservedHostKey
      observedCertificate?: ObservedCertificate
    }
    return { observed: { hostKey: observedHostKey, certificate: observedCertificate }, fault }
  }
}

const stepOfCode: Readonly<Record<string, string>> = {
  'remote.active_mode_unavailable': 'resolve',
  'remote.name_not_resolved': 'resolve',
  'remote.address_not_allowed': 'allow',
  'remote.connect_failed': 'connect',
  'remote.login_refused': 'login',
  'remote.key_unreadable': 'login',
  'remote.sftp_refused': 'login',
  'remote.too_many_sessions': 'login',
}

/** In which step of connecting a fault arises; what does not say so arises while the server shows itself, until it has. */
function stepOf(fault: Fault, handshake: { trustStep: string | undefined; seen: boolean }): string {
  const { trustStep, seen } = handshake
  if (fault.code in stepOfCode) return stepOfCode[fault.code] ?? 'login'
  const aboutTrust = fault.kind === 'refused'
  return trustStep === undefined || (seen && !aboutTrust) ? 'login' : trustStep
}

/** The fault that the work ended in, if it did. Bugs are thrown. */
export async function faultOf(work: () => Promise<unknown>): Promise<Fault | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    const fault = asFault(error)
    if (fault === undefined) throw error
    return fault
  }
}

function failedStep(name: string, fault: Fault, subject: { username: string }): CheckStep {
  return { name, status: 'failed', code: fault.code, message: fault.message, hint: hintFor(name, fault, subject) }
}
