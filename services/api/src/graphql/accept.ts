const graphqlType = 'application/graphql-response+json'
const jsonType = 'application/json'

export type ReplyType = typeof graphqlType | typeof jsonType

/** The type of a reply that the sender takes; undefined for none. Theirs by GraphQL over HTTP, unless JSON is all they know. */
export function replyType(accept: string | undefined): ReplyType | undefined {
  if (accept === undefined) return jsonType
  const taken = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
    .map(([type]) => type)
  if (taken.includes(graphqlType)) return graphqlType
  return taken.some((type) => type === jsonType || type === 'application/*' || type === '*/*') ? jsonType : undefined
}
