// Every rule of the judge, one line each.
import { ackOrder } from './rules/connection/ack-order.ts';
import { afterDisconnect } from './rules/connection/after-disconnect.ts';
import { connackCleanSession } from './rules/connection/connack-clean-session.ts';
import { connackFirst } from './rules/connection/connack-first.ts';
import { connackRefusal } from './rules/connection/connack-refusal.ts';
import { connectFirst } from './rules/connection/connect-first.ts';
import { firstSending } from './rules/connection/first-sending.ts';
import { keepAliveKept } from './rules/connection/keep-alive-kept.ts';
import { keepAlive } from './rules/connection/keep-alive.ts';
import { packetForm } from './rules/connection/packet-form.ts';
import { packetIds } from './rules/connection/packet-ids.ts';
import { pingresp } from './rules/connection/pingresp.ts';
import { publishAnswers } from './rules/connection/publish-answers.ts';
import { pubrelAnswers } from './rules/connection/pubrel-answers.ts';
import { pubrelOrder } from './rules/connection/pubrel-order.ts';
import { qos2Sender } from './rules/connection/qos2-sender.ts';
import { secondConnect } from './rules/connection/second-connect.ts';
import { suback } from './rules/connection/suback.ts';
import { unsuback } from './rules/connection/unsuback.ts';
import { deliveredQos } from './rules/routing/delivered-qos.ts';
import { delivery } from './rules/routing/delivery.ts';
import { dupFlag } from './rules/routing/dup-flag.ts';
import { exactlyOnce } from './rules/routing/exactly-once.ts';
import { matching } from './rules/routing/matching.ts';
import { order } from './rules/routing/order.ts';
import { retainFlag } from './rules/routing/retain-flag.ts';
import { retained } from './rules/routing/retained.ts';
import { unsubscribed } from './rules/routing/unsubscribed.ts';
import { will } from './rules/routing/will.ts';
import { cleanSession } from './rules/session/clean-session.ts';
import { reconnecting } from './rules/session/reconnecting.ts';
import { redelivery } from './rules/session/redelivery.ts';
import { sessionPresent } from './rules/session/session-present.ts';
import { takeOver } from './rules/session/take-over.ts';
import type { Rule } from './rule.ts';

/** The rules that judge servers and clients, in the order in which docs/rules.md lists them. */
export const rules: readonly Rule[] = [
  connackFirst,
  connackCleanSession,
  connackRefusal,
  secondConnect,
  packetForm('server'),
  packetIds('server'),
  firstSending('server'),
  publishAnswers('server'),
  pubrelAnswers('server'),
  qos2Sender('server'),
  pubrelOrder('server'),
  suback,
  unsuback,
  pingresp,
  keepAlive,
  delivery,
  matching,
  unsubscribed,
  deliveredQos,
  exactlyOnce,
  dupFlag,
  order,
  retained,
  retainFlag,
  will,
  sessionPresent,
  cleanSession,
  takeOver,
  redelivery,
  connectFirst,
  packetForm('client'),
  packetIds('client'),
  firstSending('client'),
  publishAnswers('client'),
  pubrelAnswers('client'),
  qos2Sender('client'),
  pubrelOrder('client'),
  ackOrder,
  afterDisconnect,
  keepAliveKept,
  reconnecting,
];
