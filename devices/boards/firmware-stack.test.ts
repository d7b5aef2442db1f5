import { expect, test } from 'vitest';
import { deepest, readFunctions } from './firmware-stack.ts';

const disassembly = `
00000040 <main>:
      40:\tb510      \tpush\t{r4, lr}
      42:\tf000 f800 \tbl\t60 <leaf>
      46:\t4798      \tblx\tr3
      48:\tbd10      \tpop\t{r4, pc}

00000060 <leaf>:
      60:\te92d 4ff0 \tstmdb\tsp!, {r4-r11, lr}
      64:\ted2d 8b04 \tvpush\t{d8-d9}
      68:\tb0cb      \tsub\tsp, #300\t@ 0x12c
      6a:\tf84d 7d04 \tstr.w\tr7, [sp, #-4]!
      6e:\te7f7      \tb.n\t60 <leaf>
      70:\te7f7      \tb.w\t80 <other>

00000080 <other>:
      80:\tb082      \tsub\tsp, #8
      82:\td0f0      \tbeq.n\t84 <other+0x4>
      84:\t4770      \tbx\tlr

00000090 <reset>:
      90:\tb500      \tpush\t{lr}
      92:\tf000 f800 \tbl\t90 <reset>
`;

test('a function’s frame is what its instructions take, and its calls are its branches elsewhere', () => {
  const functions = readFunctions(disassembly);
  expect(functions.get('40 main')).toMatchObject({ frame: 8, indirect: true });
  expect(functions.get('60 leaf')).toMatchObject({ frame: 36 + 16 + 300 + 4, indirect: false });
  expect([...functions.get('40 main')!.calls]).toEqual(['60 leaf']);
  expect([...functions.get('60 leaf')!.calls]).toEqual(['80 other']);
  expect([...functions.get('80 other')!.calls]).toEqual([]);
});

test('the deepest path goes through what lies behind pointers, too', () => {
  const functions = readFunctions(disassembly);
  expect(deepest(functions, () => [], '40 main')).toEqual({
    bytes: 8 + 356 + 8,
    path: ['main', 'leaf', 'other'],
  });
  functions.get('80 other')!.indirect = true;
  functions.set('a0 far', { name: 'far', frame: 1000, calls: new Set(), indirect: false });
  expect(deepest(functions, () => ['a0 far'], '40 main').bytes).toBe(8 + 356 + 8 + 1000);
});

test('recursion is an error that names the circle', () => {
  const functions = readFunctions(disassembly);
  expect(() => deepest(functions, () => ['90 reset'], '40 main')).toThrow(/recursive: reset → reset/);
  functions.get('80 other')!.calls.add('40 main');
  expect(() => deepest(functions, () => [], '40 main')).toThrow(/main → leaf → other → main/);
});

test('an amount of stack that only the running program knows is an error', () => {
  expect(() => readFunctions('00000040 <f>:\n      40:\tebad 0d03 \tsub.w\tsp, sp, r3\n')).toThrow(
    /unknown amount/,
  );
});
