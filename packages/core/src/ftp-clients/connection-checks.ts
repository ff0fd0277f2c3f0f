import type { CheckStep } from '@drayage/db/schema/connection-tests'
import type { Context } from '../context.ts'
import { asFault, type Fault } from '../faults.ts'
import type { Endpoint, ObservedCertificate, ObservedHostKey, OpenedRemote, Remote } from '../remotes/remote.ts'
import { hintFor } from './connection-hints.ts'
import { protocolFacts } from './protocols.ts'

/** One of the three results that a person sees. */
export type Check = { status: 'passed' | 'failed' | 'skipped'; steps: CheckStep[] }
export type Observed = { hostKey?: ObservedHostKey; certificate?: ObservedCertificate }

export type Step = { name: string; run(remote: Remote): Promise<unknown> }

/** Runs the steps one after the other; after a failure the rest is skipped. Bugs are thrown. */
export async function runSteps(steps: readonly Step[], remote: Remote, subject: { username: string }): Promise<Check> {
  const done: CheckStep[] = []
  let failed = false
  for (const { name, run } of steps) {
    const fault: Fault | undefined = failed ? undefined : await faultOf(() => run(remote))
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
  try {
    const opened = await openTrustingFirst(openRemote, endpoint)
    return { check: { status: 'passed', steps: names.map(passed) }, observed: opened.observed, opened }
  } catch (error) {
    const fault = asFault(error)
    if (fault === undefined) throw error
    const at = names.indexOf(stepOf(fault, trustStep))
    const steps = names.map((name, index): CheckStep => {
      if (index === at) return failedStep(name, fault, endpoint)
      return index < at ? passed(name) : { name, status: 'skipped' }
    })
    return { check: { status: 'failed', steps }, observed: observedBy(fault) }
  }
}

async function openTrustingFirst(openRemote: Context['openRemote'], endpoint: Endpoint): Promise<OpenedRemote & { observed: Observed }> {
  try {
    const opened = await openRemote(endpoint)
    return { ...opened, observed: opened }
  } catch (error) {
    const fault = asFault(error)
    const { hostKey } = fault === undefined ? {} : observedBy(fault)
    if (fault?.code !== 'remote.host_key_unknown' || hostKey === undefined || endpoint.trustedHostKeys.length > 0) throw error
    const opened = await openRemote({ ...endpoint, trustedHostKeys: [hostKey.fingerprint] })
    return { ...opened, observed: { hostKey: { ...hostKey, trusted: false } } }
  }
}

/** In which step of connecting a fault arises. */
function stepOf(fault: Fault, trustStep: string | undefined): string {
  const early: Record<string, string> = {
    'remote.name_not_resolved': 'resolve',
    'remote.address_not_allowed': 'allow',
    'remote.connect_failed': 'connect',
  }
  const inLogin = ['remote.login_refused', 'remote.key_unreadable', 'remote.sftp_refused', 'remote.too_many_sessions']
  if (inLogin.includes(fault.code) || observedBy(fault).hostKey?.trusted) return 'login'
  return early[fault.code] ?? trustStep ?? 'login'
}

function observedBy({ details }: Fault): Observed {
  const { hostKey, certificate } = details as Observed
  return { hostKey, certificate }
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
