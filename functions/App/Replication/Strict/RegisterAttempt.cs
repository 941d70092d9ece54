namespace Serverless.Replication;

/// <summary>What one change knows of itself, however often and under whatever members it is tried: so that it takes effect once or is known not to have.</summary>
/// <param name="nonce">128 random bits that name it.</param>
internal sealed class RegisterAttempt(UInt128 nonce)
{
    private RegisterValue? _on;

    public UInt128 Nonce => nonce;

    /// <summary>Somebody may have accepted it.</summary>
    public bool Sent { get; private set; }

    /// <summary>It is sent now, in place of a value.</summary>
    public void Send(RegisterValue? on) => (Sent, _on) = (true, on);

    /// <summary>Whether it has taken effect by what the register holds; null when that cannot be told any more.</summary>
    public bool? IsIn(RegisterValue? value) => !Sent || value is null ? false : value.Includes(nonce, _on);
}
