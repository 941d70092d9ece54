import { useChat } from '../chat'

export function NothingOpen() {
  const { state, words } = useChat()
  return (
    <main class="conversation conversation--none">
      {state.loaded && Object.keys(state.rooms).length > 0 && (
        <div class="nothing">
          <p class="nothing__title">{words.conversation.none}</p>
          <p>{words.conversation.noneLead}</p>
        </div>
      )}
    </main>
  )
}
