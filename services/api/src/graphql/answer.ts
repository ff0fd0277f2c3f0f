import { asFault } from '@drayage/core/faults'
import type { InputError } from '@drayage/core/input-faults'
import type { FastifyBaseLogger } from 'fastify'
import { GraphQLError, type GraphQLFormattedError } from 'graphql/index.js'
import { type Problem, problemOf } from '../errors.ts'

/** What a caller is told of an error: the same code as over REST, and nothing of what is inside. */

/** @param error of a field, thrown by an operation or by GraphQL itself */
export function fieldError(error: GraphQLError, log: FastifyBaseLogger): GraphQLFormattedError {
  const { originalError, locations, path } = error
  const place = { ...(locations && { locations }), ...(path && { path }) }
  if (originalError === undefined || originalError instanceof GraphQLError) return { ...unreadable(error), ...place }
  const problem = problemOf(originalError)
  if (problem.status === 500) log.error({ err: originalError }, 'a field met a bug')
  return { ...problemError(problem), ...place }
}

export function problemError(problem: Problem): GraphQLFormattedError {
  const { code, detail, errors, retryAfterSeconds } = problem
  return {
    message: detail,
    extensions: {
      code,
      ...(errors && { errors: errors.map(renamed) }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    },
  }
}

/**
 * Why a whole request was not executed: the errors of a document that cannot be read or is not valid, or the one fault.
 * Undefined for all else.
 */
export function requestErrors(error: unknown): readonly GraphQLFormattedError[] | undefined {
  if (asFault(error)?.code.startsWith('graphql.')) return [problemError(problemOf(error))]
  if (error instanceof GraphQLError) return [unreadable(error)]
  const { errors } = error as { errors?: unknown }
  if (!Array.isArray(errors) || !errors.every((each) => each instanceof Error)) return undefined
  return errors.map(unreadable)
}

function unreadable(error: Error): GraphQLFormattedError {
  const { locations } = error instanceof GraphQLError ? error : {}
  return { message: withoutValues(error.message), ...(locations && { locations }), extensions: { code: 'graphql.invalid' } }
}

/** A value may be a secret, and a suggestion shows the schema to who may not ask for it. */
function withoutValues(message: string): string {
  return message
    .replace(/ Did you mean [\s\S]*$/, '')
    .replace(/ got invalid value [\s\S]*? at "([\w.[\]]+)"; [\s\S]*$/, ' is not right at "$1".')
    .replace(/ got invalid value [\s\S]*$/, ' is not right.')
    .replace(/, found [\s\S]*$/, '.')
    .replace(/( cannot represent [^:]*): [\s\S]*$/, '$1.')
}

/** The fields of a page have their own names here. */
function renamed(error: InputError): InputError {
  const names: Readonly<Record<string, string>> = { '/limit': '/first', '/cursor': '/after' }
  return { ...error, pointer: names[error.pointer] ?? error.pointer }
}
