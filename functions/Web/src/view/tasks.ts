/** Does something in the next task, once, however often it is asked for until then: what the present one has to send leaves before. */
export class NextTask {
  private readonly channel = new MessageChannel()
  private isDue = false

  constructor(run: () => void) {
    this.channel.port1.onmessage = () => {
      this.isDue = false
      run()
    }
  }

  due = (): void => {
    if (!this.isDue) this.channel.port2.postMessage(null)
    this.isDue = true
  }

  end(): void {
    this.channel.port1.close()
  }
}
