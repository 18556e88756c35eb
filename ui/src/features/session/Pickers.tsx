/** Agent and model of the next prompt. Read from the server when they are first opened: the first time costs it a second. */
import { createMemo, createSignal } from "solid-js";
import { t } from "../../i18n";
import type { Choice } from "./choice";
import { type Offer, Picker } from "./Picker";
import { useScope } from "./scope";
import { type AgentChoice, knownModels, type ModelOffer, readAgents, readModels } from "./session.commands";

export function Pickers(props: { choice: Choice; disabled: boolean }) {
  const scope = useScope();
  const [agents, setAgents] = createSignal<AgentChoice[]>();
  const [agentsError, setAgentsError] = createSignal<unknown>(null);
  const known = knownModels(scope.instance);
  const [models, setModels] = createSignal<ModelOffer[] | undefined>(known.length > 0 ? known : undefined);
  const [modelsError, setModelsError] = createSignal<unknown>(null);
  const idOf = (offer: { providerID: string; modelID: string }) => `${offer.providerID}/${offer.modelID}`;

  const openAgents = () => {
    setAgentsError(null);
    readAgents(scope.instance, scope.directory()).then(setAgents, setAgentsError);
  };
  const openModels = () => {
    setModelsError(null);
    readModels(scope.instance, scope.directory()).then(setModels, setModelsError);
  };
  const agentOffers = createMemo<Offer[] | undefined>(() =>
    agents()?.map((agent) => ({ id: agent.name, label: agent.name, note: agent.description })),
  );
  const modelOffers = createMemo<Offer[] | undefined>(() =>
    models()?.map((offer) => ({ id: idOf(offer), label: offer.name, note: offer.provider })),
  );
  const modelName = () => {
    const chosen = props.choice.model();
    if (!chosen) return t("session.model.default");
    return models()?.find((offer) => idOf(offer) === idOf(chosen))?.name ?? chosen.modelID;
  };
  const chosenModel = () => {
    const chosen = props.choice.model();
    return chosen ? idOf(chosen) : null;
  };
  return (
    <>
      <Picker
        label={t("session.agent")}
        icon="bot"
        value={props.choice.agent() ?? t("session.agent.default")}
        chosen={props.choice.agent()}
        search={t("session.agent.search")}
        empty={t("session.noMatch")}
        offers={agentOffers()}
        error={agentsError()}
        disabled={props.disabled}
        onOpen={openAgents}
        onChoose={(id) => props.choice.setAgent(id)}
      />
      <Picker
        label={t("session.model")}
        icon="sparkles"
        value={modelName()}
        chosen={chosenModel()}
        search={t("session.model.search")}
        empty={t("session.model.none")}
        offers={modelOffers()}
        error={modelsError()}
        disabled={props.disabled}
        onOpen={openModels}
        onChoose={(id) => {
          const offer = models()?.find((candidate) => idOf(candidate) === id);
          if (offer) props.choice.setModel({ providerID: offer.providerID, modelID: offer.modelID });
        }}
      />
    </>
  );
}
