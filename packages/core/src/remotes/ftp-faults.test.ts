import { expect, test } from 'vitest'
import { isCrowded } from './ftp-faults.ts'

/** Sources: the programs' own texts, and what their configuration calls them. */
test.each([
  'Sorry, the maximum number of clients (1) from your host are already connected.', // ProFTPD, MaxClientsPerHost
  'Sorry, the maximum number of hosts (1) for this user are already connected.', // ProFTPD, MaxHostsPerUser
  'Sorry, the maximum number of connections (2) for this user are already connected.', // ProFTPD, MaxClientsPerUser
  'Sorry, max 10 users -- try again later', // ProFTPD, MaxClients
  'There are too many connected users, please try later.', // vsftpd, max_clients
  'There are too many connections from your internet address.', // vsftpd, max_per_ip
  '50 users (the maximum) are already logged in, sorry', // Pure-FTPd
  'Too many connections (8) from this IP', // Pure-FTPd
  'Sorry, too many connections',
  'Connection limit for this user reached',
  'User has reached the session limit',
  'No more connections allowed from your IP',
])('"%s" speaks of sessions', (text) => {
  expect(isCrowded(text)).toBe(true)
})

test.each([
  'Login incorrect.', // vsftpd, ProFTPD
  'Login authentication failed', // Pure-FTPd
  'Login or password incorrect!', // FileZilla Server
  'User cannot log in.', // IIS
  'User cannot log in, home directory inaccessible.', // IIS
  'Login incorrect. Please try again later.',
  'Maximum login attempts exceeded for this user',
  'Too many failed log-ins from this host; try again later',
  'Too many bad passwords for this user',
  'This user is locked out: limit of tries reached',
  'Your host is banned for a limited time',
])('"%s" speaks of who logs in: a password is tried once', (text) => {
  expect(isCrowded(text)).toBe(false)
})
