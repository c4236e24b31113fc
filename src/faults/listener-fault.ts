// Faults of listeners that let in only those whom they know, as data: whom a broken one lets in, and what it does for others.

/**
 * What is wrong with a listener that demands a login; everything else about it is as it should be.
 *
 * - `takes-any-password`, `takes-any-user`, `takes-no-login`: lets in who says a wrong password for a known user, a user
 *   name that nobody has, or nothing.
 * - `keeps-open`: refuses, and leaves the connection open.
 * - `serves-behind`: handles what follows a CONNECT that it refuses.
 * - `publishes-will`: publishes the will of a client that it refuses.
 * - `takes-over`: ends the connection with the client id of a client that it then refuses.
 * - `keeps-session`, `clears-session`: does to the session what the CleanSession flag of a client says that it then
 *   refuses.
 * - `forgets-exchanges`: forgets which messages of QoS 2 came in from the client whose id a client has that it refuses.
 */
export type LoginFault =
  | 'takes-any-password'
  | 'takes-any-user'
  | 'takes-no-login'
  | 'keeps-open'
  | 'serves-behind'
  | 'publishes-will'
  | 'takes-over'
  | 'keeps-session'
  | 'clears-session'
  | 'forgets-exchanges';

/**
 * What is wrong with TLS listeners.
 *
 * - `other-certificate`: shows a certificate of another CA than its clients were told.
 * - `plain-too`: serves MQTT without TLS at the same port.
 * - `takes-none`, `takes-expired`, `takes-unknown`: lets in clients without a certificate, with one that has expired, or
 *   with one of a CA that it does not know.
 */
export type TlsFault = 'other-certificate' | 'plain-too' | 'takes-none' | 'takes-expired' | 'takes-unknown';
