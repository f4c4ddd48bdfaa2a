import { isTemplateObject, isTemplateText, markupLine } from '../../src/ingest/template';

describe('a text that does not parse', () => {
  it.each(['{{- if .Values.x }}\na: 1\n{{- end }}', 'a:\n  {{ toYaml . }}', 'a: {{ .Values.a }}', '- {{ . }}', 'a:\t{{ x }}'])(
    'is a template: %j',
    (text) => {
      expect(isTemplateText(text)).toBe(true);
    },
  );

  it.each(['a: b: c', 'alert: "{{ $labels.pod }}"\nb: c: d', 'a: x-{{ y }}: z: 1', ''])('is no template: %j', (text) => {
    expect(isTemplateText(text)).toBe(false);
  });
});

describe('an object', () => {
  const text = '… {{ … }} …';
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };

  it.each([
    { ...pod, kind: '{{ .Values.kind }}' },
    { ...pod, apiVersion: '{{ .Values.version }}' },
    { ...pod, metadata: { name: 'a-{{ .Release.Name }}' } },
    { ...pod, metadata: { name: 'a', namespace: '{{ .Release.Namespace }}' } },
    { ...pod, metadata: { name: 'a', labels: { app: '{{ .Chart.Name }}' } } },
    { ...pod, metadata: { name: 'a', labels: { '{{ .Chart.Name }}/x': 'y' } } },
    { ...pod, spec: { replicas: { '[object Object]': null } } },
    { ...pod, kind: 'NetworkPolicy', spec: { podSelector: { matchLabels: { app: '{{ .x }}' } } } },
  ])('with markup where it says what it is was not rendered: %j', (object) => {
    expect(isTemplateObject(text, object)).toBe(true);
    expect(isTemplateObject('', object)).toBe(false);
  });

  it.each([
    pod,
    { ...pod, metadata: { name: 'a', annotations: { summary: '{{ $value }}' } } },
    { ...pod, spec: { containers: [{ args: ['--template', '{{ .X }}'] }] } },
    { ...pod, kind: 'ConfigMap', data: { 'a.tpl': '{{ .X }}' } },
  ])('with markup in its texts is what it is: %j', (object) => {
    expect(isTemplateObject(text, object)).toBe(false);
  });
});

it('the line of markup is counted from the first line of its text', () => {
  expect(markupLine('a\nb\n  {{ c }}\n{{ d }}', 10)).toBe(12);
});
