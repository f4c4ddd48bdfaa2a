import { scanMessagesOf } from '../../functions/scan-messages';

const notice = (...keys: readonly string[]) =>
  JSON.stringify({ Records: keys.map((key) => ({ eventName: 'ObjectCreated:Put', s3: { object: { key } } })) });

describe('scanMessagesOf', () => {
  it('reads a scan to run, and nothing else of the message', () => {
    expect(scanMessagesOf('{"tenant":"acme","scanId":"s-1","more":1}')).toEqual([{ tenant: 'acme', scanId: 's-1' }]);
  });

  it('reads every upload of a notice from S3; the id of an upload is the id of its scan', () => {
    expect(scanMessagesOf(notice('uploads/acme/u-1', 'uploads/other/u-2'))).toEqual([
      { tenant: 'acme', scanId: 'u-1' },
      { tenant: 'other', scanId: 'u-2' },
    ]);
  });

  it('decodes keys as S3 encodes them', () => {
    expect(scanMessagesOf(notice('uploads/acme/u%2D1'))).toEqual([{ tenant: 'acme', scanId: 'u-1' }]);
  });

  it('takes the test event that S3 sends when notices are switched on', () => {
    expect(scanMessagesOf('{"Service":"Amazon S3","Event":"s3:TestEvent"}')).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['no message', '"text"'],
    ['a message without scan', '{"tenant":"acme"}'],
    ['a tenant that climbs', '{"tenant":"../acme","scanId":"s-1"}'],
    ['an id that climbs', '{"tenant":"acme","scanId":"../s"}'],
    ['a notice about something else', notice('t/acme/scans/s-1/scan')],
    ['a notice of a deeper key', notice('uploads/acme/u-1/x')],
    ['a notice of a shallower key', notice('uploads/acme')],
    ['a notice without key', '{"Records":[{}]}'],
  ])('refuses %s', (_case, body) => {
    expect(() => scanMessagesOf(body)).toThrow();
  });
});
