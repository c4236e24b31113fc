// The same scenario on a container and over the other link backend: what plays it changes nothing about what is judged.
import { describe } from 'vitest';
import { scenarioTest } from '../../src/vitest.ts';
import { need } from '../support/needs.ts';

const scenario = new URL('flaky-line.yaml', import.meta.url);

describe('Mosquitto in a container', need('docker', 'image:mosquitto'), () => {
  scenarioTest(scenario, { target: 'container:mosquitto' });
});

describe('Mosquitto over Toxiproxy', need('mosquitto', 'toxiproxy'), () => {
  scenarioTest(scenario, { target: 'mosquitto', backend: 'toxiproxy' });
});
