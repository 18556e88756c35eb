/** What each instance of the fleet uses, the greatest first. Pure. */
import { instances } from "../../model/selectors";
import type { Model } from "../../model/state";

export interface Share {
  id: string;
  name: string;
  /** None: not known, such as of a server on another machine. */
  memoryBytes: number | null;
  cpuPercent: number | null;
  isOverBudget: boolean;
  /** Of the greatest, 0 to 1: the length of its bar. */
  memoryPart: number;
  cpuPart: number;
}

export function fleetUsage(model: Model): Share[] {
  const used = instances(model).filter((one) => one.memory_bytes !== null || one.cpu_percent !== null);
  const most = {
    memory: Math.max(1, ...used.map((one) => one.memory_bytes ?? 0)),
    // A bar is full at one core at the least: an idle fleet should look idle.
    cpu: Math.max(100, ...used.map((one) => one.cpu_percent ?? 0)),
  };
  return used
    .map((one) => ({
      id: one.id,
      name: one.name,
      memoryBytes: one.memory_bytes,
      cpuPercent: one.cpu_percent,
      isOverBudget: one.is_over_budget,
      memoryPart: (one.memory_bytes ?? 0) / most.memory,
      cpuPart: Math.min(1, (one.cpu_percent ?? 0) / most.cpu),
    }))
    .sort((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0) || a.name.localeCompare(b.name));
}

/** How many are over their budget. */
export function overBudget(model: Model): number {
  return instances(model).filter((one) => one.is_over_budget).length;
}
