namespace Serverless.Local.Demo;

/// <summary>One scene of the demo: does something, shows it region by region, and checks it.</summary>
internal sealed record Scene(string Title, Func<DemoStage, Task> PlayAsync);
