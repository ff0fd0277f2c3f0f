import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import ipaddr from 'ipaddr.js'

/**
 * What a customer may name as their file server. A host that is not an address is only a promise: what counts is what it
 * resolves to, because resolvers read `0177.0.0.1`, `2130706433` and `①②⑦.0.0.1` as addresses too.
 */

type Address = ipaddr.IPv4 | ipaddr.IPv6
/** Source: `10.0.0.0/8` and the like. */
export type Network = readonly [Address, number]

/** Throws what it cannot read. */
export function parseNetworks(cidrs: readonly string[]): Network[] {
  return cidrs.map((cidr) => ipaddr.parseCIDR(cidr))
}

// Addresses that ipaddr.js takes for ordinary ones: Azure's metadata and DNS server.
const specialAddresses = parseNetworks(['168.63.129.16/32'])
const globalUnicast = parseNetworks(['2000::/3'])

/** Is it an ordinary address of the public internet: not private, local, shared, documentation, multicast, tunnel or metadata? */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.range() === 'unicast' && !isWithin(address, specialAddresses)
  const embedded = embeddedIPv4(parsed.toByteArray())
  if (embedded !== undefined) return isPublic(embedded)
  return parsed.range() === 'unicast' && isWithin(address, globalUnicast)
}

export function isWithin(address: string, networks: readonly Network[]): boolean {
  const parsed = ipaddr.process(address)
  return networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))
}

export function isSameAddress(one: string, other: string): boolean {
  return ipaddr.isValid(one) && ipaddr.isValid(other) && ipaddr.process(one).toString() === ipaddr.process(other).toString()
}

/** The IPv4 address that a NAT64 (RFC 6052, `64:ff9b::/96`) or 6to4 (RFC 3056, `2002::/16`) one leads to. */
function embeddedIPv4(bytes: number[]): string | undefined {
  const nat64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
  if (nat64.every((byte, index) => bytes[index] === byte)) return bytes.slice(12).join('.')
  if (bytes[0] === 0x20 && bytes[1] === 0x02) return bytes.slice(2, 6).join('.')
  return undefined
}

/**
 * How a host was written: as an address, as a name to resolve, or in a way that is neither and only some resolvers read.
 * `local` names are meant for a private network: a public address behind one is somebody's trick.
 */
export type Host = { kind: 'address'; address: string } | { kind: 'name'; name: string; local: boolean } | { kind: 'odd' }

export function readHost(host: string): Host {
  if (isIP(host) !== 0) return host.includes('%') ? { kind: 'odd' } : { kind: 'address', address: host }
  // domainToASCII drops what a URL would: line ends, and all that follows a slash.
  const name = /[\s\p{Cc}/\\?#@:[\]%]/u.test(host) ? '' : domainToASCII(host)
  const labels = name.split('.')
  const isName = name.length <= 253 && labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))
  if (!isName || /^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')) return { kind: 'odd' }
  const local = labels.length === 1 || /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home\.arpa|svc)$/.test(name)
  return { kind: 'name', name, local }
}

const wellKnownPorts = new Set([21, 22, 990])
// Services above 1023 that are not file servers. Sources: the Fetch standard's bad ports, and the usual databases and control planes.
const otherServices = new Set([
  1433, 1434, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 5900, 5984, 5985,
  5986, 6000, 6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 7001, 8500, 9000, 9042, 9092, 9200, 9300, 10080, 10250,
  10255, 11211, 15672, 27017, 27018, 27019,
])

/** Can a file server be at this port? */
export function isFileServerPort(port: number): boolean {
  return Number.isInteger(port) && port < 65_536 && (wellKnownPorts.has(port) || (port >= 1024 && !otherServices.has(port)))
}
