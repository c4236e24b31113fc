// Makes a driver of what a target file says about one way to have its broker.
import { FieldbenchError } from '../../error.ts';
import { aedes } from '../../parts/brokers/aedes.ts';
import { containerDriver } from '../../parts/brokers/container-driver.ts';
import { textBeside } from '../../parts/brokers/file-beside.ts';
import { processDriver } from '../../parts/brokers/process-driver.ts';
import { remoteBroker } from '../../parts/brokers/remote.ts';
import type { ContainerWay } from '../../parts/brokers/target-way.ts';
import type { BrokerDriver, Login } from '../../parts/part.ts';
import type { TargetFile } from './target-file.ts';
import type { Way, WrittenTarget } from './target-schema.ts';

/**
 * The driver for a way; nothing where the file does not describe it.
 * @throws FieldbenchError `FB_TARGET_URL`, `FB_TARGET_FILE`, `FB_TARGET_CREDENTIALS`
 */
export function driverOf({ name, here, target }: TargetFile, way: Way): BrokerDriver | undefined {
  const about = { name, here, install: target.install };
  switch (way) {
    case 'embedded':
      return target.embedded && aedes;
    case 'process':
      return target.process && processDriver(about, target.process);
    case 'container':
      return target.container && containerDriver(about, chosenImage(name, target.container));
    case 'remote':
      return target.remote && remoteDriver(here, target.remote);
  }
}

/** `FIELDBENCH_MOSQUITTO_IMAGE` in the environment names another image for the target `mosquitto`. */
function chosenImage(name: string, way: ContainerWay): ContainerWay {
  const chosen = process.env[`FIELDBENCH_${name.toUpperCase().replaceAll('-', '_')}_IMAGE`];
  return chosen ? { ...way, image: chosen, local: undefined } : way;
}

function remoteDriver(here: string, it: NonNullable<WrittenTarget['remote']>): BrokerDriver {
  const pem = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : textBeside(here, file);
  const [caPem, certPem, keyPem] = [pem(it.caFile), pem(it.certFile), pem(it.keyFile)];
  return remoteBroker(it.url, {
    ...(it.credentials && { login: loginFrom(it.credentials) }),
    tls: {
      ...(caPem !== undefined && { caPem }),
      ...(certPem !== undefined && { certPem }),
      ...(keyPem !== undefined && { keyPem }),
    },
    ...(it.websocket !== undefined && { websocket: it.websocket }),
    version: { source: it.version, here },
  });
}

/** A password stands in the environment and nowhere else: files and command lines are for everybody to read. */
function loginFrom({
  userNameFrom,
  passwordFrom,
}: {
  readonly userNameFrom: string;
  readonly passwordFrom: string;
}): Login {
  const [userName, password] = [userNameFrom, passwordFrom].map((name) => {
    const value = process.env[name];
    if (value) return value;
    throw new FieldbenchError({
      code: 'FB_TARGET_CREDENTIALS',
      message: `the environment variable ${name} is not set, and the target takes a credential from it`,
      hint: `set ${userNameFrom} and ${passwordFrom} where fieldbench runs`,
    });
  });
  return { userName: userName ?? '', password: password ?? '' };
}
