using System.Buffers.Binary;
using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>Clients of strict registers in a simulated life: they read, change, change only when they meet what they know, and delete, through any coordinator; some write eventually where that is refused.</summary>
internal sealed class RegisterClients(Simulator simulator, SimulatedCluster cluster)
{
    private const int Clients = 3;

    private static readonly string[] Registers = ["x", "y"];

    private readonly RegisterHistory _history = new();

    public Task LiveAsync(int operationsEach) => Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => ClientAsync(operationsEach)));

    /// <summary>Reads every register once more, when all is well, and tells what no order of steps explains.</summary>
    public async Task<IReadOnlyList<string>> BrokenAsync()
    {
        var broken = new List<string>();
        foreach (var register in Registers)
        {
            // Some questions are lost on the best of days.
            var told = false;
            for (var tries = 0; tries < 5 && !told; tries++)
                told = await ReadAsync(cluster.Registers[0], register);
            if (!told)
                broken.Add($"register {register} cannot be read after everything healed");
        }

        return [.. broken, .. _history.Broken()];
    }

    private async Task ClientAsync(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            await simulator.Delay(TimeSpan.FromMilliseconds(simulator.Random.Next(1_500)));
            var at = simulator.Random.Next(cluster.Registers.Count);
            var register = Registers[simulator.Random.Next(Registers.Length)];
            switch (simulator.Random.Next(8))
            {
                case 0 or 1:
                    await ReadAsync(cluster.Registers[at], register);
                    break;
                case 2:
                    await ChangeAsync(cluster.Registers[at], register, _history.NewValue(), met => met % 2 == 0);
                    break;
                case 3:
                    await ChangeAsync(cluster.Registers[at], register, RegisterHistory.Nothing, _ => true);
                    break;
                case 4:
                    await cluster.Coordinators[at].WriteAsync(
                        Key(register),
                        new WriteIntent(cluster.Coordinators[at].NewNonce(), CausalContext.Empty, "", new byte[4], simulator.Time.GetUtcNow()),
                        QuorumRules.Default, CancellationToken.None);
                    break;
                default:
                    await ChangeAsync(cluster.Registers[at], register, _history.NewValue(), _ => true);
                    break;
            }
        }
    }

    private async Task<bool> ReadAsync(StrictRegisters registers, string register)
    {
        var step = _history.Begin(register);
        var result = await registers.ReadAsync(Key(register), CancellationToken.None);
        if (result is RegisterResult.Held(var content, _))
            _history.End(step, Of(content), Of(content));
        else
            RegisterHistory.Forget(step);
        return result is RegisterResult.Held;
    }

    private async Task ChangeAsync(StrictRegisters registers, string register, int to, Func<int, bool> when)
    {
        var step = _history.Begin(register);
        var met = new List<int>();
        var result = await registers.ChangeAsync(Key(register), content =>
        {
            if (!when(Of(content)))
                return null;
            met.Add(Of(content));
            return to == RegisterHistory.Nothing ? new RegisterWrite(null, null) : new RegisterWrite("", BitConverter.GetBytes(to));
        }, CancellationToken.None);
        switch (result)
        {
            case RegisterResult.Written:
                _history.End(step, met[^1], to);
                break;
            case RegisterResult.Held(var content, _):
                _history.End(step, Of(content), Of(content));
                break;
            case RegisterResult.NoQuorum { MayTakeEffect: true }:
                RegisterHistory.Unknown(step, met, to);
                break;
            default:
                RegisterHistory.Forget(step);
                break;
        }
    }

    private static int Of(RegisterContent content) =>
        content.Value?.Value is { } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes.Span) : RegisterHistory.Nothing;

    private static ReplicaKey Key(string register) => new("reg", register);
}
