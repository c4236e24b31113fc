// What is not installed is told with the command that installs it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { libraryOf } from '../../../src/parts/foreign/foreign-device.ts';
import { nodeRedImage, nodeRedProgram } from '../../../src/parts/gateways/node-red.ts';
import { need } from '../../support/needs.ts';

const signal = new AbortController().signal;

describe('where nothing is installed', () => {
  let empty = '';
  beforeEach(() => {
    empty = mkdtempSync(join(tmpdir(), 'fieldbench-empty-'));
    vi.stubEnv('PATH', empty);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(empty, { recursive: true });
  });

  test('each kind says what it needs and how to get it', async () => {
    await expect(libraryOf('mqtt-js', signal)).rejects.toMatchObject({
      code: 'FB_DEVICE_PROGRAM_MISSING',
      hint: 'npm install --save-dev mqtt',
    });
    await expect(nodeRedProgram()).rejects.toMatchObject({
      code: 'FB_DEVICE_PROGRAM_MISSING',
      hint: 'npm install -g node-red node-red-contrib-modbus',
    });
  });
});

test('an image that is not built yet says how it is', need('docker'), async () => {
  await expect(nodeRedImage('fieldbench/node-red:of-nobody')).rejects.toMatchObject({
    code: 'FB_IMAGE_ABSENT',
    hint: 'build it with docker build -t fieldbench/node-red:local gateways/node-red',
  });
});

describe('what is installed is found with its version', () => {
  test('npm mqtt', need('mqtt-js'), async () => {
    expect((await libraryOf('mqtt-js', signal)).what).toMatch(/^npm mqtt \d+\.\d+\.\d+$/);
  });
  test('Paho for Python', need('paho-mqtt'), async () => {
    expect((await libraryOf('paho-python', signal)).what).toMatch(/^Paho for Python \d+\.\d+/);
  });
  test('Node-RED', need('node-red'), async () => {
    expect((await nodeRedProgram()).what).toMatch(/^Node-RED \d+\.\d+\.\d+$/);
  });
  test('Node-RED as an image', need('docker', 'image:node-red'), async () => {
    const { path, what } = await nodeRedImage();
    expect(path).toMatch(/^fieldbench\/node-red:/);
    expect(what).toContain(`container of ${path} (`);
  });
});
