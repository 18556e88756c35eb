import { expect, test } from "vitest";
import { emptyModel } from "../../model/empty";
import { aFleet, anInstance } from "../../model/fixtures";
import { reduce } from "../../model/reduce";
import { fleetUsage, overBudget } from "./fleet-usage";

const model = reduce(emptyModel(), [
  {
    type: "snapshot",
    fleet: aFleet({
      instances: [
        anInstance("small", { memory_bytes: 100, cpu_percent: 50 }),
        anInstance("large", { memory_bytes: 400, cpu_percent: 0, is_over_budget: true }),
        anInstance("asleep", { state: { state: "asleep" } }),
      ],
    }),
  },
]);

test("the greatest comes first, and what uses nothing is left away", () => {
  expect(fleetUsage(model).map((share) => [share.name, share.memoryPart, share.cpuPart])).toEqual([
    ["large", 1, 0],
    ["small", 0.25, 0.5],
  ]);
  expect(overBudget(model)).toBe(1);
  expect(fleetUsage(emptyModel())).toEqual([]);
});
