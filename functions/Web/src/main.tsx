import { render } from 'preact'
import { App } from './view/App'
import './style/index.css'

render(<App />, document.getElementById('page')!)
