/** Whether something is unfolded: as it is by itself, until a person decides. Kept while its row is scrolled away. */
import { createSignal } from "solid-js";
import { useScope } from "./scope";

export function createFold(key: string, byItself: () => boolean): [() => boolean, () => void] {
  const { folds } = useScope();
  const [chosen, setChosen] = createSignal<boolean | undefined>(folds.get(key));
  const isOpen = () => chosen() ?? byItself();
  const toggle = () => {
    const next = !isOpen();
    folds.set(key, next);
    setChosen(next);
  };
  return [isOpen, toggle];
}
