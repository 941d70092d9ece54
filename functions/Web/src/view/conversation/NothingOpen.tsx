import { useChat } from '../chat'

export function NothingOpen() {
  const { state, words } = useChat()
  return (
    <main class="conversation conversation--none">
      {state.loaded && (
        <div class="nothing">
          <img src="/icon.svg" alt="" width="48" height="48" />
          {Object.keys(state.rooms).length > 0 ? (
            <>
              <p class="nothing__title">{words.conversation.none}</p>
              <p>{words.conversation.noneLead}</p>
            </>
          ) : <p>{words.signIn.lead}</p>}
        </div>
      )}
    </main>
  )
}
