/** Does something soon, once, however often it is asked for until then: what the present task has to send leaves before. */
export class Soon {
  private readonly channel = new MessageChannel()
  private isPosted = false
  private isDue = false
  private frame = 0

  constructor(private readonly run: () => void) {
    this.channel.port1.onmessage = () => {
      this.isPosted = false
      if (this.isDue) this.now()
    }
  }

  /** In the next task. */
  inTask = (): void => {
    if (!this.isPosted) this.channel.port2.postMessage(null)
    this.isPosted = this.isDue = true
  }

  /** With the next frame, which a page out of sight does not have. */
  inFrame = (): void => {
    if (document.hidden) this.inTask()
    else this.frame ||= requestAnimationFrame(this.now)
  }

  end(): void {
    cancelAnimationFrame(this.frame)
    this.channel.port1.close()
  }

  private readonly now = (): void => {
    cancelAnimationFrame(this.frame)
    this.frame = 0
    this.isDue = false
    this.run()
  }
}
