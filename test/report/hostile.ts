// Text that means harm somewhere: in a terminal, in HTML, in XML, in Markdown or as a file name.
import * as fc from 'fast-check';

/** What a bad device could put into topics, payloads, client ids and banners. */
export const hostileTexts: readonly string[] = [
  '<script>window.ran = true</script>',
  '"><img src=x onerror="window.ran = true">',
  "' onmouseover='window.ran = true' style='position:fixed;inset:0",
  '</style></title></pre></details><script>alert(1)</script>',
  '<svg/onload=alert(1)><iframe src="http://127.0.0.1:9/"></iframe>',
  '<link rel=stylesheet href=http://127.0.0.1:9/><meta http-equiv=refresh content="0;url=http://127.0.0.1:9/">',
  'javascript:window.ran=true//',
  '${window.ran = true}{{constructor.constructor("window.ran = true")()}}',
  ']]><x/><![CDATA[<!--&amp;&#60;script&#62;&unknown;',
  '<!DOCTYPE x [<!ENTITY a "b">]>&a;',
  '\u001b[2J\u001b[1;1H\u001b]0;owned\u0007\u009b31m\u0000\b\u007f',
  '\r\n\n# fake heading\n\n| a | b |\n::error::fake\n```',
  '[click](javascript:alert(1)) ![x](http://127.0.0.1:9/x.png) www.example.com @someone #1 `code` **bold** ~~s~~ |',
  '\u202egnp.exe\u2066\u200b\ufeff\u2028\u2029\u00ad\u{e0041}',
  '\ud800 \udfff \ufffe \uffff \u0085',
  '../../../etc/passwd\u0000C:\\con.txt',
  '=1+1;@SUM(A1)',
  '</noscript></script><script>window.ran = true</script><!--<script>',
  '"}]}</script><svg onload="window.ran = true"></svg>',
  '};window.ran = true;({',
  '}</style><style>*{display:none;background:url(http://127.0.0.1:9/)}',
  '\u{1f4a5}\u{1f468}\u200d\u{1f4bb} \ud83d\u0301',
];

/** Any text at all, and any text with harm in it. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.tuple(fc.string(), fc.constantFrom(...hostileTexts), fc.string()).map((parts) => parts.join('')),
);
