// Who a device is, worked out when it connects: thousands of texts that are needed once are not kept.
import type { SessionIdentity } from '../session/identity.ts';
import type { Will } from '../wire/packet.ts';
import type { Population } from './population.ts';
import { Template, type TemplateValues } from './template.ts';

/** Topic and payload of a message that a template describes. */
interface MessageTemplate {
  readonly topic: Template;
  readonly payload: Template;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** The templates of a population, read once. */
export class PopulationTexts {
  readonly population: Population;
  readonly clientId: Template;
  readonly userName: Template | undefined;
  readonly password: Template | undefined;
  readonly will: MessageTemplate | undefined;
  readonly birth: MessageTemplate | undefined;
  readonly filters: readonly { readonly filter: Template; readonly qos: 0 | 1 | 2 }[];
  readonly topics: readonly Template[];

  /** @throws FieldbenchError `FB_FLEET_TEMPLATE` */
  constructor(population: Population) {
    const { columns, will, birth, userName, password } = population;
    const read = (text: string): Template => new Template(text, columns);
    const message = ({ topic, payload, qos, retain }: NonNullable<typeof will>): MessageTemplate => ({
      topic: read(topic),
      payload: read(payload),
      qos,
      retain,
    });
    this.population = population;
    this.clientId = read(population.clientId);
    this.userName = userName === undefined ? undefined : read(userName);
    this.password = password === undefined ? undefined : read(password);
    this.will = will && message(will);
    this.birth = birth && message(birth);
    this.filters = population.subscriptions.map(({ filter, qos }) => ({ filter: read(filter), qos }));
    this.topics = population.traffic.map(({ topic }) => read(topic));
  }

  /** A message of one device. */
  message({ topic, payload, qos, retain }: MessageTemplate, values: TemplateValues) {
    return { topic: topic.text(values), payload: Buffer.from(payload.text(values)), qos, retain };
  }
}

/** A device's identity; each text is made when it is asked for. */
export class DeviceIdentity implements SessionIdentity, TemplateValues {
  readonly texts: PopulationTexts;
  readonly n: number;
  readonly row: readonly string[];

  constructor(texts: PopulationTexts, n: number, row: readonly string[]) {
    this.texts = texts;
    this.n = n;
    this.row = row;
  }

  get population(): string {
    return this.texts.population.name;
  }

  get clientId(): string {
    return this.texts.clientId.text(this);
  }

  get userName(): string | undefined {
    return this.texts.userName?.text(this);
  }

  get password(): Uint8Array | undefined {
    const { password } = this.texts;
    return password && Buffer.from(password.text(this));
  }

  get will(): Will | undefined {
    const { will } = this.texts;
    return will && this.texts.message(will, this);
  }
}
