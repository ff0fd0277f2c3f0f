import { canonicalJson } from '@drayage/core/canonical-json'
import type { Context } from '@drayage/core/context'
import type { Edge } from '@drayage/core/edge'
import { Fault } from '@drayage/core/faults'
import type { Turnstile } from '@drayage/core/turnstile'

/** What belongs to a thing, found together with what belongs to all others that are asked the same of at the same time. */
export type EdgeLoader = (edge: Edge, thing: object, input: Record<string, unknown>) => Promise<unknown>

type Waiting = { things: object[]; answers: Promise<unknown[]> }

/** For one request: nothing is remembered beyond it, nor shared with others. */
export function openEdgeLoader(contextOf: () => Promise<Context>, turns: Turnstile): EdgeLoader {
  const waiting = new Map<string, Waiting>()

  function begin(key: string, edge: Edge, input: Record<string, unknown>): Waiting {
    const things: object[] = []
    // When everything that is known by now has been asked about.
    const asked = new Promise<void>((resolve) => process.nextTick(resolve))
    const answers = asked.then(async () => {
      waiting.delete(key)
      using _turn = await turns.enter()
      return await edge.follow(await contextOf(), things, input)
    })
    const begun = { things, answers }
    waiting.set(key, begun)
    return begun
  }

  return async (edge, thing, input) => {
    const key = `${edge.from}.${edge.name} ${canonicalJson(input)}`
    const batch = waiting.get(key) ?? begin(key, edge, input)
    const at = batch.things.push(thing) - 1
    const answer = (await batch.answers)[at]
    if (answer instanceof Fault) throw answer
    return answer
  }
}
