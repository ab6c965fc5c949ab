"""Pieces of code that look right, and are not when they run; and some that look wrong, and are right.

A row: its name, the operation, the code, and the name that it sets.
"""

# ruff: noqa: E501
from __future__ import annotations

LINE = "y = conv1d(x[N], w[K])"
STRIDE = "y = conv1d(x[N], w[K], stride=2)"
FLAT = "y = conv2d(x[H,W], w[A,B])"
ADD = "y = add(a[N], b[N])"
RELU = "y = relu(x[N,M])"
MANY = "y = conv2d(x[N,C,H,W], w[F,C,1,1])"

RIGHT = """
y = np.zeros(N-K+1)
for o in range(N-K+1):
    for k in range(K):
        y[o] += w[k]*x[o+k]
"""
FILL = "for o in range(N-K+1):\n    y[o] = q*np.sum(w*x[o:o+K])\n"

WRONG: list[tuple[str, str, str, str]] = [
    # names
    ("deleted", LINE, "del x\n" + RIGHT, "y"),
    ("a class called np", LINE, "class np: pass\n" + RIGHT, "y"),
    ("an import called y", ADD, "y=a+b\nimport math as y\n", "y"),
    ("a walrus in an assertion", ADD, "y=a+b\nassert (y:=a) is not None\n", "y"),
    ("a list by two names", ADD, "s=[N]\nt=s\nt+=[1]\ny=np.zeros(tuple(s))\ny+=a+b\n", "y"),
    ("rows picked by a list", FLAT, "y=x[list((0,1))]\n", "y"),
    # truth
    ("where by values", RELU, "y=np.where(x, x, 0.0)", "y"),
    ("where by sums of masks", RELU, "m=(x>0).astype(float)\nm=m+(x>0)\ny=np.where(m, x/2, 0.0)", "y"),
    ("if by values", RELU, "y=np.zeros((N,M))\nfor i in range(N):\n    for j in range(M):\n        if x[i,j]:\n            y[i,j]=1.0\n", "y"),
    # where the code goes
    ("break over a tuple", LINE, "y=np.zeros(N-K+1)\nfor t in (0,1):\n    if t==1:\n        break\n    for o in range(N-K+1):\n        y[o]+=np.sum(w*x[o:o+K])/2\n", "y"),
    ("return under a mask", RELU, "def f(x):\n    y=np.maximum(x,0)\n    if x[0,0]>0 or True:\n        return 2*y\n    return y\ny=f(x)", "y"),
    ("return by a value", RELU, "def f(x):\n    y=np.maximum(x,0)\n    if x[0,0]>0:\n        return 2*y\n    return y\ny=f(x)", "y"),
    ("return in while", RELU, "def f(x):\n    y=np.maximum(x,0)\n    while True:\n        return 2*y\n    return y\ny=f(x)", "y"),
    ("return in try", RELU, "def f(x):\n    y=np.maximum(x,0)\n    try:\n        return 2*y\n    except Exception:\n        pass\n    return y\ny=f(x)", "y"),
    ("raise", LINE, "raise ValueError('no')\n" + RIGHT, "y"),
    # floating point and kinds of numbers
    ("rounded before int", LINE, "n=int(N/49*49)\ny=np.zeros(n-K+1)\nfor o in range(n-K+1):\n    y[o]=np.sum(w*x[o:o+K])\nif n<N: y=y*2\nif N<49: y=y*(n-N+1)*int(1/49*49)\n", "y"),
    ("0.57 times 100", LINE, "q=int(0.57*100)-56\ny=np.zeros(N-K+1)\n" + FILL, "y"),
    ("0.1 + 0.2 is not 0.3", LINE, "q=2.0\nif 0.1+0.2==0.3:\n    q=1.0\ny=np.zeros(N-K+1)\n" + FILL, "y"),
    ("an axis that is 1.0", FLAT, "y=np.zeros((H-A+1,W-B+1))\nfor i in range(H-A+1):\n    for j in range(W-B+1):\n        y[i,j]=np.sum(np.sum(x[i:i+A,j:j+B]*w,axis=1.0))\n", "y"),
    ("example of integers", LINE, "x=np.array([1,2,3,4,5])\nw=np.array([0.5,1.5])\ny=np.zeros_like(x[:len(x)-len(w)+1])\nfor o in range(len(y)):\n    y[o]=np.sum(w*x[o:o+len(w)])\n", "y"),
    # one memory by two names
    ("reshaped, then changed", ADD, "t=a+b\nv=t.reshape(-1)\nv+=b\ny=t", "y"),
    ("contiguous, then changed", ADD, "t=a+b\nv=np.ascontiguousarray(t)\nv+=b\ny=t", "y"),
    ("bound under a condition", ADD, "t=a+b\nfor i in range(N):\n    if i==0:\n        v=t\nv[:]=0\ny=t", "y"),
    ("bound anew under a condition", ADD, "t=a+b\nv=a*1\nfor i in range(N):\n    if i==0:\n        v=t\nv[:]=0\ny=t", "y"),
    ("bound in a loop", ADD, "t=a+b\nv=a*1\nfor i in range(N):\n    v=t\nv[:]=0\ny=t", "y"),
    ("the rows of a loop", FLAT, "y=np.zeros((H-A+1,W-B+1))\nt=x*1\nfor r in t:\n    r[:]=0\nfor i in range(H-A+1):\n    for j in range(W-B+1):\n        y[i,j]=np.sum(t[i:i+A,j:j+B]*w)\n", "y"),
    ("kept by a class", ADD, "y=a+b\nclass Q:\n    v=y\nQ.v[:]=0\n", "y"),
    ("shape set by a class", RELU, "y=np.maximum(x,0)\nclass Q:\n    t=y\nq=Q.t\nq.shape=(-1,)\n", "y"),
    ("changed by a decorator", ADD, "y=a+b\ndef d(f):\n    y[:]=0\n    return f\n@d\ndef h():\n    return 1\n", "y"),
    ("changed in an assertion", ADD, "y=a+b\ndef f(t):\n    t[:]=0\n    return True\ndef h(t):\n    return f(t)\nassert h(y) == True\n", "y"),
    ("changed within what is not read", ADD, "y=a+b\nwith open('/dev/null'):\n    q=np.flip(y)\n    np.put(q,[0],[5.0])\n", "y"),
    ("changed in a function", ADD, "y=a+b\ndef h():\n    q=y.view()\n    q[0]-=q[0]\nh()\n", "y"),
    ("changed in a function's try", ADD, "y=a+b\ndef h():\n    q=y[...]\n    try:\n        q[0]=4.0\n    except Exception:\n        pass\nh()\n", "y"),
    ("an input changed behind a while", FLAT, "y=np.zeros((H-A+1,W-B+1))\ndef h():\n    while True:\n        q=x\n        break\n    q-=q\nh()\nfor i in range(A):\n    for j in range(B):\n        y+=w[i,j]*x[i:i+H-A+1,j:j+W-B+1]\n", "y"),
    ("exec", ADD, "with open('/dev/null'):\n    q=b\n    exec('q[0] = 1.0')\ny=a\ny=y+b\n", "y"),
    ("a list has no transpose", ADD, "y=a+b\nq=[y]\nq.T[0]=1.0\n", "y"),
    ("items of a list added to", LINE, "y=np.zeros(N-K+1)\nq=[v for v in y]\nnp.add.at(q,np.arange(1),1.0)\n" + RIGHT, "y"),
    ("rows of a list that differ", LINE, "y=np.einsum('k,ok->o',w,np.stack([x[k:] for k in range(K)],axis=1))\n", "y"),
    ("parts of a sum that differ", LINE, "y=sum(w[k]*x[k:] for k in range(K))\n", "y"),
    ("a squeezed view", ADD, "t=np.squeeze(a[:1])\nt+=1\ny=a+b\n", "y"),
    ("a reshaped view", ADD, "t=b[:1].reshape(())\nt*=2\ny=a+b\n", "y"),
    ("the square twice", LINE, "q=1\ny=np.zeros(N-K+1)\n" + FILL + "for z in range(2):\n    y*=2\n", "y"),
]  # fmt: skip

FAIR: list[tuple[str, str, str, str]] = [
    ("plus copies", ADD, "y=a+b\nq=+y\nq[...]=0\n", "y"),
    ("no pass", LINE, RIGHT + "for z in range(N-N):\n    def f(t):\n        t[0]=9.0\n    f(y)\n", "y"),
    ("changed after it was read", LINE, "q=1\ny=np.zeros(N-K+1)\n" + FILL + "x[:]=0\n", "y"),
    ("einsum over one", FLAT, "y=np.zeros((H-A+1,W-B+1))\nfor i in range(H-A+1):\n    for j in range(W-B+1):\n        y[i,j]=np.einsum('nab,nab->', x[None,i:i+A,j:j+B], w[None])\n", "y"),
    ("einsum stretches", ADD, "y=np.einsum('ni,ni->i', np.ones((1,N)), np.stack([a,b]))\n", "y"),
    ("matmul stretches", MANY, "y=(w.reshape(F,C)[None] @ x.reshape(N,C,H*W)).reshape(N,F,H,W)", "y"),
    ("half a size", STRIDE, "M=int(0.5*(N-K)+1)\ny=np.zeros(M)\nfor o in range(M):\n    y[o]=np.sum(x[2*o:2*o+K]*w)\n", "y"),
    ("steps backwards", STRIDE, "y=np.zeros((N-K)//2+1)\nfor i in range((N-K)//2*2,-1,-2):\n    y[i//2]=np.sum(w*x[i:i+K])\n", "y"),
    ("the gradient from above used up", LINE, "dx=np.zeros(N)\nfor o in range(len(g)):\n    dx[o:o+K]+=g[o]*w\ng.fill(0)\ndx=dx[:]\n", "dx"),
    ("four bounds and continue", FLAT, "dx=np.zeros((H,W))\nfor i in range(H):\n    for j in range(W):\n        for p in range(A):\n            for q in range(B):\n                r,s=i-p,j-q\n                if r<0 or r>=H-A+1 or s<0 or s>=W-B+1:\n                    continue\n                dx[i,j]+=g[r,s]*w[p,q]\n", "dx"),
    ("a sliding view", FLAT, "v=np.lib.stride_tricks.sliding_window_view(x,(A,B))\ny=np.einsum('ijab,ab->ij',v,w)\n", "y"),
    ("rows in a loop", FLAT, "y=np.zeros((H-A+1,W-B+1))\nfor i,r in enumerate(y):\n    for j in range(W-B+1):\n        r[j]=np.sum(x[i:i+A,j:j+B]*w)\n", "y"),
    ("stacked behind", LINE, "dw=np.einsum('o,ok->k',g,np.stack([x[k:k+N-K+1] for k in range(2)],axis=1)) if K == 2 else np.array([np.sum(g*x[k:k+N-K+1]) for k in range(K)])\n", "dw"),
    ("one value for many places", ADD, "y=np.zeros(N)\nt=np.stack([a,b])\nnp.add.at(y,np.arange(N),t.sum(axis=0))\n", "y"),
    ("axes moved", MANY, "t=np.moveaxis(x,[1,0],[3,0])\ny=np.moveaxis(t@w[:,:,0,0].T,-1,1)\n", "y"),
]  # fmt: skip
