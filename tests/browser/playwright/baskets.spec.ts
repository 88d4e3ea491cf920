import { expect } from '@playwright/test';
import { test } from './sandbox';

const OFFICE = '/api/billing/basketsessions';
const ADMIN = { Authorization: 'Bearer nexudus-admin' };

for (const count of [1, 2, 3, 4, 5, 6, 7]) {
  test(`after ${count} clicks there are ${count} baskets`, async ({ page, sandbox }) => {
    await page.goto('/');
    for (let made = 0; made < count; made++) {
      await expect(page.getByRole('status')).toHaveText(`${made} in all`);
      await page.getByRole('button').click();
    }
    await expect(page.getByRole('listitem')).toHaveCount(count);
    const call = { operation: 'create_basket_session', status: 200, exactly: count };
    expect(await sandbox.control('POST', '/journal/verify', call)).toMatchObject({ matches: true });
  });
}

test('a basket is there although the answer was lost', async ({ page, sandbox }) => {
  const fault = { name: 'transport.lost-after', operation: 'create_basket_session', count: 1 };
  await sandbox.control('POST', '/faults', fault);
  await page.goto('/');
  await expect(page.getByRole('status')).toHaveText('0 in all');
  await page.getByRole('button').click();
  await expect(page.getByRole('status')).toHaveText('No answer');
  await page.reload();
  await expect(page.getByRole('listitem')).toHaveText(['basket-1']);
});

test('what was made is gone after a restore', async ({ page, sandbox }) => {
  await sandbox.control('PUT', '/snapshots/nothing');
  await page.goto('/');
  await expect(page.getByRole('status')).toHaveText('0 in all');
  await page.getByRole('button').click();
  await expect(page.getByRole('listitem')).toHaveText(['basket-1']);
  await sandbox.control('POST', '/snapshots/nothing/restore');
  await page.reload();
  await expect(page.getByRole('status')).toHaveText('0 in all');
});

test('a basket is not new for ever', async ({ page, request, sandbox }) => {
  await page.goto('/');
  await expect(page.getByRole('status')).toHaveText('0 in all');
  await page.getByRole('button').click();
  await expect(page.getByRole('listitem')).toHaveText(['basket-1']);
  const { happenings } = await sandbox.control('POST', '/clock/advance', { by: 'P2D' });
  const passed = { kind: 'timer', collection: 'basket_sessions', set: { '/IsNew': false } };
  expect(happenings).toContainEqual(expect.objectContaining(passed));
  const listed = await request.get(sandbox.url('nexudus') + OFFICE, { headers: ADMIN });
  expect((await listed.json()).Records).toMatchObject([{ SessionId: 'basket-1', IsNew: false }]);
});
