// Why some mutants break more than their own statement: the same packet, as several statements see it.

/** Mutants by id, and why each of them breaks more than three other statements. */
const collateral: readonly (readonly [mutants: RegExp, why: string])[] = [
  [/^(?:ill-formed-text|nul)-/, 'the same text is judged once for each field that may hold it'],
  [/^malformed-connect|^cut-off|^user-name-missing/, 'the same CONNECT is judged once for each field it may spoil'],
  [/-reserved-bits-|^refusal-open$/, 'the same packet is judged once for its type and once for what it is'],
  [
    /^take-over-leaves-socket$/,
    'the first connection of a client id sees no close at all, whatever the server closed it for',
  ],
  [
    /^(?:bom|topics|long-topic|longest-topic|stray-topic|foreign-topic|topic|wildcard-delivered)/,
    'what comes on another topic is missing on its own, whatever a check looks for there',
  ],
  [/^wildcards-match-/, 'every check that listens through a wildcard hears more than it should'],
  [/never-match/, 'every check that listens through a wildcard hears nothing'],
  [/^retained-|^replay-/, 'one retained message is stored, replaced, replayed and cleared: each has a statement'],
  [/^will-/, 'a will is a message too: stored, routed at a QoS, retained, or sent when it should not be'],
  [
    /^(?:session|clean|kept)-/,
    'one session lost or kept shows in Session Present, in subscriptions, in the queue and in what is sent again',
  ],
  [/^client-id-/, 'clients that are to be told apart share a session and its messages'],
  [/-id-|-ids-|-other-id$/, 'an exchange under another identifier cannot be finished, nor be sent again'],
  [/^pubrec-|^puback-/, 'no exchange at QoS 2 can be finished, and nothing published at QoS 2 arrives'],
  [
    /^(?:subscribe|resubscribe|suback|overlap|delivery)-/,
    'a subscription that is not what SUBACK said gives the wrong copies of whatever it matches',
  ],
  [/unsubscribe/, 'an UNSUBSCRIBE without effect or answer is judged by each statement on its effect and its answer'],
  [
    /^(?:outbound|qos1|qos2|unacknowledged|pubrel|redelivery)-/,
    'the same unfinished delivery is the duty of its sender, of its session and of the resumed connection',
  ],
  [/^(?:first-delivery-lost|sleeper-|qos3-delivered)/, 'whatever a check waits for may be the message that is lost'],
  [/^websocket-packet-per-frame$/, 'whole packets are lost, and so are the answers to them'],
];

/** The explanation for a mutant, where there is one. */
export const explanationOf = (mutant: string): string | undefined =>
  collateral.find(([mutants]) => mutants.test(mutant))?.[1];
