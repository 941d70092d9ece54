import type { Ref } from 'preact'
import { Icon, type IconName } from './Icon'

interface Props {
  icon: IconName
  label: string
  onClick: () => void
  badge?: number
  pressed?: boolean
  class?: string
  buttonRef?: Ref<HTMLButtonElement>
}

export function IconButton({ icon, label, onClick, badge = 0, pressed, class: more = '', buttonRef }: Props) {
  return (
    <button type="button" class={`icon-button ${more}`} aria-label={label} title={label} aria-pressed={pressed} onClick={onClick} ref={buttonRef}>
      <Icon name={icon} />
      {badge > 0 && <span class="badge badge--corner" data-count={badge} />}
    </button>
  )
}
