// A normative statement as data: what every verdict of the bench names.

/** Id of a normative statement, e.g. `MQTT-3.3.1-4`; `MQTT311-NN-02` for prose the standard does not number. */
export type StatementId = `MQTT-${string}` | `MQTT311-NN-${string}` | `MQTT5-NN-${string}` | `SN-${string}`;

/** The party that a statement binds. */
export type Role = 'server' | 'client';

/**
 * How a statement can be observed on a party: with legal traffic, only by sending something illegal, by a
 * timer, over a restart, only through other results, or not at all. `null`: the party is not concerned.
 */
export type Testable = 'wire' | 'wire-negative' | 'timing' | 'restart' | 'indirect' | 'no' | null;

/** One normative statement, paraphrased for planning tests. */
export interface Statement {
  readonly id: StatementId;
  readonly section: string;
  readonly title: string;
  /** `MUST`, `SHOULD`, ... as in the standard; `stated` is plain prose. */
  readonly level: string;
  readonly appliesTo: readonly string[];
  readonly summary: string;
  readonly packets: readonly string[];
  readonly topic: string;
  readonly testable: Readonly<Record<Role, Testable>>;
  readonly needs: readonly string[];
  /** What to send and what decides. */
  readonly how: string;
  /** The statement that decides where the bound party cannot be observed but its peer's reaction can. */
  readonly derived?: StatementId;
}
