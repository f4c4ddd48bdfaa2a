import {
  archiveByMagic,
  formatByName,
  hasEnding,
  isKustomization,
  isNameless,
  looksLikeManifest,
  textFormat,
  unpackedName,
} from '../../src/ingest/file-format';

describe('a name', () => {
  it.each([
    ['a.yaml', 'yaml'],
    ['dir/a.YML', 'yaml'],
    ['a.json', 'json'],
    ['a.ndjson', 'lines'],
    ['a.jsonl', 'lines'],
    ['a.tar', 'tar'],
    ['a.tar.gz', 'gzip'],
    ['a.tgz', 'gzip'],
    ['a.yaml.gz', 'gzip'],
    ['a.zip', 'zip'],
    ['leasttrust.yaml', 'yaml'],
    ['my-values.yaml', 'yaml'],
    ['.hidden/a.yaml', 'yaml'],
    ['a', 'unknown'],
    ['Dockerfile', 'unknown'],
    ['a.md', 'unknown'],
    ['-', 'unknown'],
    ['chart/values.yaml', 'other'],
    ['chart/Chart.yaml', 'other'],
    ['base/kustomization.yml', 'other'],
    ['docker-compose.prod.yaml', 'other'],
    ['package.json', 'other'],
    ['compose.override.yml', 'other'],
    ['composed-policies.yaml', 'yaml'],
    ['.travis.yml', 'other'],
    ['a/._b.yaml', 'other'],
    ['.git/config.yaml', 'other'],
    ['.github/workflows/ci.yaml', 'other'],
    ['__MACOSX/a.yaml', 'other'],
    ['node_modules/x/a.yaml', 'other'],
  ])('%s is of %s', (path, format) => {
    expect(formatByName(path)).toBe(format);
  });

  it('has an ending only after something else', () => {
    expect(['a.b', 'x/a.b'].every(hasEnding)).toBe(true);
    expect(['a', 'x.y/a', '.a', 'x/.a', 'a.'].some(hasEnding)).toBe(false);
  });

  it('can be one of a kustomization', () => {
    expect(['kustomization.yaml', 'a/kustomization.yml', 'a/Kustomization'].every(isKustomization)).toBe(true);
    expect(['my-kustomization.yaml', 'kustomization/a.yaml'].some(isKustomization)).toBe(false);
  });

  it('can be none', () => {
    expect(['', '-', 'stdin', 'bundle'].every(isNameless)).toBe(true);
    expect(['stdin.yaml', 'a/-'].some(isNameless)).toBe(false);
  });

  it('of what a gzip file holds is shorter', () => {
    expect(['a.tgz', 'a.tar.gz', 'a.json.GZ', 'stdin'].map(unpackedName)).toEqual(['a.tar', 'a.tar', 'a.json', 'stdin']);
  });
});

describe('magic words', () => {
  it.each([
    ['gzip', Buffer.from([0x1f, 0x8b, 8])],
    ['zip', Buffer.from('PK\x03\x04')],
    ['zip', Buffer.from('PK\x05\x06')],
    ['tar', Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar\0')])],
    [undefined, Buffer.from('kind: Pod')],
    [undefined, Buffer.alloc(0)],
  ])('tell %s', (format, head) => {
    expect(archiveByMagic(head)).toBe(format);
  });
});

describe('text', () => {
  it.each([
    ['yaml', 'kind: Pod', 'yaml'],
    ['yaml', ' {\n "kind": "Pod"}', 'either'],
    ['yaml', '{}', 'either'],
    ['yaml', '[{"a": 1}]', 'either'],
    ['yaml', '{kind: Pod}', 'yaml'],
    ['yaml', '{{- if .x }}', 'yaml'],
    ['yaml', '[a, b]', 'yaml'],
    ['json', '{kind: Pod}', 'json'],
    ['json', '[1]', 'json'],
    ['json', 'kind: Pod', 'yaml'],
    ['lines', 'kind: Pod', 'lines'],
    ['unknown', '{"a": 1}', 'either'],
    ['unknown', 'a: 1', 'yaml'],
  ] as const)('named %s and written %j is read as %s', (named, head, format) => {
    expect(textFormat(named, Buffer.from(head))).toBe(format);
  });

  it.each([
    'apiVersion: v1',
    '# c\n\n---\nkind: Pod',
    '%YAML 1.2\n---\r\nmetadata:\r\n',
    '- apiVersion: v1',
    '"kind": Pod',
    '{"kind": "Pod"}',
    'items:\n- a',
  ])('%j looks like a manifest', (head) => {
    expect(looksLikeManifest(Buffer.from(head))).toBe(true);
  });

  it.each([
    '',
    '# Title\n\nSome words.\napiVersion: v1',
    'FROM node',
    'package main',
    'Apache License\nkind: x',
    'kindness: 1',
    '{{ x }}',
    '#!/bin/sh\nset -e',
  ])('%j does not', (head) => {
    expect(looksLikeManifest(Buffer.from(head))).toBe(false);
  });
});
