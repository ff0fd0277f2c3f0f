import { Fault } from '@drayage/core/faults'
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isObjectType,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql/index.js'
import { pageLength } from './connection.ts'

/** How much one request may ask for. */
export type GraphqlLimits = {
  bodyBytes: number
  tokens: number
  /** A list within a list has six: its own, edges and node, and again. */
  depth: number
  aliases: number
  directives: number
  rootFields: number
  /** Things in lists, if every list were as long as it is asked for, or as it may be where it has no pages. */
  nodes: number
  /** Fields and lists that are looked up side by side, each over a database connection: the others wait their turn. */
  atOnce: number
}

export const graphqlLimits: GraphqlLimits = {
  bodyBytes: 100 * 1024,
  tokens: 1000,
  depth: 12,
  aliases: 15,
  directives: 10,
  rootFields: 20,
  nodes: 10_000,
  atOnce: 2,
}

export function rulesOf(limits: GraphqlLimits, options: { introspection: boolean }): ValidationRule[] {
  const rules = [maxAliasesRule({ n: limits.aliases }), maxDirectivesRule({ n: limits.directives })] as unknown as ValidationRule[]
  return options.introspection ? rules : [...rules, NoSchemaIntrospectionCustomRule]
}

/** One request, valid by the schema. */
export type Request = { schema: GraphQLSchema; document: DocumentNode; operationName?: string; variables: Record<string, unknown> }

/** Faults: `graphql.too_many_fields`, `graphql.too_costly`. */
export function checkCost(request: Request, limits: GraphqlLimits): void {
  const { rootFields, nodes } = costOf(request)
  if (rootFields > limits.rootFields) {
    throw new Fault('invalid', 'graphql.too_many_fields', `Ask for at most ${limits.rootFields} fields of Query or Mutation at once.`)
  }
  if (nodes > limits.nodes) {
    const message = `This could be ${nodes} things; at most ${limits.nodes} can be asked for at once. Ask for shorter pages with first, or for fewer lists.`
    throw new Fault('invalid', 'graphql.too_costly', message)
  }
}

function costOf({ schema, document, operationName, variables }: Request): { rootFields: number; nodes: number } {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return { rootFields: 0, nodes: 0 }
  const fragments = new Map(
    document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each.selectionSet]] : [])),
  )

  /** Adds up what the fields count for; a fragment is counted once, however often it is spread. */
  function counter(countField: (field: FieldNode, type: GraphQLObjectType) => number) {
    const known = new Map<string, number>()
    const count = (set: SelectionSetNode, type: GraphQLObjectType): number =>
      set.selections.reduce((sum, selection) => sum + countSelection(selection, type), 0)
    const countSelection = (selection: SelectionNode, type: GraphQLObjectType): number => {
      if (selection.kind === Kind.FIELD) return countField(selection, type)
      if (selection.kind === Kind.INLINE_FRAGMENT) return count(selection.selectionSet, type)
      const name = selection.name.value
      const spread = known.get(name) ?? count(fragments.get(name) as SelectionSetNode, type)
      known.set(name, spread)
      return spread
    }
    return count
  }

  function lengthOf(field: FieldNode): number {
    const first = field.arguments?.find(({ name }) => name.value === 'first')?.value
    if (first?.kind === Kind.INT) return Math.max(1, Number(first.value))
    if (first?.kind !== Kind.VARIABLE) return pageLength
    const name = first.name.value
    const preset = operation?.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue
    const asked = variables[name] ?? (preset?.kind === Kind.INT ? Number(preset.value) : undefined)
    return typeof asked === 'number' ? Math.max(1, asked) : pageLength
  }

  const countNodes = counter((node, type) => {
    const { selectionSet } = node
    const field = type.getFields()[node.name.value]
    const below = field && getNamedType(field.type)
    if (selectionSet === undefined || !isObjectType(below)) return 0
    const each = countNodes(selectionSet, below)
    const isPaged = field?.args.some(({ name }) => name === 'first')
    const { most } = field?.extensions ?? {}
    const length = isPaged ? lengthOf(node) : most
    return typeof length === 'number' ? length * (1 + each) : each
  })
  const countFields = counter(() => 1)
  return { rootFields: countFields(operation.selectionSet, root), nodes: countNodes(operation.selectionSet, root) }
}
