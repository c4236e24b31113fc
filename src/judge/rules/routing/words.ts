// Words that the routing rules share, so that reports name the same thing in the same way.
import type { Message, Session } from '../session/state.ts';

/** Text from the wire as it may stand in a sentence: quoted, control characters escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A message with who sent it. */
export function messageText(message: Message): string {
  const kind = message.origin === 'will' ? 'the will' : `the QoS ${message.qos} message`;
  const sender = message.publisher.view.connect?.clientId ?? message.publisher.view.client;
  return `${kind} of client ${quoted(sender)} on ${quoted(message.topic)}`;
}

/** Whose session it is. */
export function sessionText(session: Session): string {
  return `client ${quoted(session.clientId)}`;
}
